import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../errors.ts";

export type RemoteAddress =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "local"; readonly path: string };

const HINT = "set repository.url to https://…, file:///… or an absolute path";

/** Tells a server from a folder; refuses what is neither, and credentials in the address. */
export function parseRemoteAddress(url: string): RemoteAddress {
  if (isAbsolute(url)) return { kind: "local", path: url };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (
    parsed !== undefined && (parsed.username !== "" || parsed.password !== "") && parsed.protocol !== "ssh:"
  ) {
    throw new ConfigurationError(
      `The repository's URL ${withoutCredentials(url)} has a user or a token in it`,
      {
        path: "repository.url",
        hint: 'take it out of the URL, and set repository.auth to { token: fromEnv("GIT_TOKEN") }',
      },
    );
  }
  switch (parsed?.protocol) {
    case "https:":
    case "http:":
      return { kind: "http", url: `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}` };
    case "file:":
      if (parsed.host !== "") {
        throw new ConfigurationError(
          `The repository's URL ${url} names a host, and file: URLs are for this machine`,
          {
            path: "repository.url",
            hint: `write it with three slashes: file:///${parsed.host}${parsed.pathname}`,
          },
        );
      }
      return { kind: "local", path: fileURLToPath(parsed) };
    default:
      throw new ConfigurationError(
        `Cannot use ${withoutCredentials(url)} as a repository: ${reasonOf(url)}`,
        {
          path: "repository.url",
          hint: HINT,
        },
      );
  }
}

/** Blots out `user:password@`, wherever it stands in a text. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*(?:@[^/\s@]*)*@/gi, "$1***@");
}

function reasonOf(url: string): string {
  if (/^(ssh:|[^/@:]+@[^/@:]+:)/.test(url)) return "SSH is not supported";
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1];
  return scheme === undefined
    ? "it is neither a URL nor an absolute path"
    : `${scheme}: URLs are not supported`;
}
