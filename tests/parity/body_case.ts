/** Small Compose files whose requests to the engine must be those of the reference. `$IMAGE` is an image that runs. */
export interface ParityCase {
  readonly name: string;
  /** The value of `services`, indented as in the file, with whatever top-level keys follow it. */
  readonly file: string;
  /** Further files of the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** That of an older engine. */
  readonly apiVersion?: string;
}

/** A file with one service `web` that has no network. */
export function web(
  name: string,
  attributes: string,
  rest = "",
  files: Record<string, string> = {},
): ParityCase {
  return {
    name,
    file: `services:\n  web:\n    image: $IMAGE\n    network_mode: none\n${indent(attributes)}${rest}`,
    files,
  };
}

/** A file with one service `web`, without a network mode. */
export function networked(name: string, attributes: string, rest = ""): ParityCase {
  return { name, file: `services:\n  web:\n    image: $IMAGE\n${indent(attributes)}${rest}` };
}

export function whole(name: string, file: string, files: Record<string, string> = {}): ParityCase {
  return { name, file: file.replace(/^\n/, ""), files };
}

function indent(attributes: string): string {
  return attributes.trim().split("\n").map((line) => `    ${line}\n`).join("");
}
