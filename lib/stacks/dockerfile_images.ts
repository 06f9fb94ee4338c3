const FROM = /^\s*FROM\s+(?:--\S+\s+)*(\S+)/i;
const COPY_FROM = /^\s*(?:COPY|ADD)\s.*?--from=(\S+)/i;
const MOUNT_FROM = /--mount=\S*?\bfrom=([^,\s]+)/gi;

/** What a Dockerfile calls images: names of stages are among them, and names that hold variables stay as they are. */
export function imagesOfDockerfile(text: string): readonly string[] {
  return text.replace(/\\\r?\n/g, " ").split("\n").flatMap((line) => [
    ...[FROM, COPY_FROM].flatMap((pattern) => pattern.exec(line)?.[1] ?? []),
    ...[...line.matchAll(MOUNT_FROM)].map((match) => match[1]!),
  ]);
}
