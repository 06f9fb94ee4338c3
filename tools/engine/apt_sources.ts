/** Where a Debian machine gets its packages: read from its own configuration, so that mirrors and proxies of its owner are used. */

export interface DebianArchive {
  /** Such as `http://mirror.example.org/debian`. */
  readonly uri: string;
  /** The keyring that its owner trusts for it. */
  readonly signedBy?: string;
}

/** The first archive of Debian's own packages among the contents of `sources.list` (and `*.list`) or `*.sources` files. */
export function findDebianArchive(texts: readonly string[]): DebianArchive | undefined {
  return texts.flatMap((text) => [...paragraphEntries(text), ...lineEntries(text)]).find(isDebian);
}

/** One line of a `sources.list` for another suite of the same archive. */
export function sourceLine({ uri, signedBy }: DebianArchive, suite: string): string {
  return `deb ${signedBy === undefined ? "" : `[signed-by=${signedBy}] `}${uri} ${suite} main`;
}

/** `debian-security` and the archives of other makers hold other suites. */
function isDebian({ uri }: DebianArchive): boolean {
  return /^(https?|mirror\+\w+|file):.*\/debian\/?$/.test(uri);
}

function paragraphEntries(text: string): DebianArchive[] {
  return withoutComments(text).split(/\n\s*\n/).flatMap((paragraph) => {
    const uri = /^URIs:\s*(\S+)/mi.exec(paragraph)?.[1];
    const isBinary = /^Types:.*\bdeb\b(?!-src)/mi.test(paragraph);
    const isOff = /^Enabled:\s*no\b/mi.test(paragraph);
    if (uri === undefined || !isBinary || isOff) return [];
    return [archive(uri, /^Signed-By:[ \t]*(\/\S+)/mi.exec(paragraph)?.[1])];
  });
}

function lineEntries(text: string): DebianArchive[] {
  return [...withoutComments(text).matchAll(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+\S+/gm)].map((
    [, options, uri],
  ) => archive(uri!, /signed-by=(\/[^\s,]+)/.exec(options ?? "")?.[1]));
}

function archive(uri: string, signedBy: string | undefined): DebianArchive {
  return signedBy === undefined ? { uri } : { uri, signedBy };
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*\n?/gm, "");
}
