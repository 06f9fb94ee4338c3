# Homeport in a container, around the executable that `deno task compile` made.
# The base needs glibc, and the certificates of public authorities.
ARG BASE=gcr.io/distroless/cc-debian12
FROM ${BASE}
COPY dist/homeport /usr/local/bin/homeport
USER 65532:65532
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s --retries=3 \
  CMD ["/usr/local/bin/homeport", "health"]
ENTRYPOINT ["/usr/local/bin/homeport"]
CMD ["run"]
