import assert from "node:assert/strict";
import { type DebianArchive, findDebianArchive, sourceLine } from "../../tools/engine/apt_sources.ts";

const PARAGRAPHS = `Types: deb
# a comment
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security

Types: deb deb-src
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

const CASES: readonly (readonly [string, readonly string[], DebianArchive | undefined])[] = [
  ["the paragraphs of a .sources file", [PARAGRAPHS], {
    uri: "http://mirror.example.org/debian",
    signedBy: "/usr/share/keyrings/debian-archive-keyring.gpg",
  }],
  ["a line of sources.list", [
    "# deb http://old.example.org/debian sid main\ndeb http://a.example.org/debian/ trixie main\n",
  ], {
    uri: "http://a.example.org/debian/",
  }],
  ["a line with options", [
    "deb [arch=amd64 signed-by=/etc/apt/keyrings/d.gpg] https://a.example.org/debian sid main",
  ], {
    uri: "https://a.example.org/debian",
    signedBy: "/etc/apt/keyrings/d.gpg",
  }],
  ["archives of other makers", [
    "deb https://packages.example.com/apt bookworm main",
    "deb-src http://a/debian sid main",
  ], undefined],
  ["a paragraph that is switched off", [`Enabled: no\n${PARAGRAPHS.split("\n\n")[1]}`], undefined],
  ["a keyring written into the paragraph", [
    "Types: deb\nURIs: http://a.example.org/debian\nSigned-By:\n -----BEGIN PGP\n",
  ], {
    uri: "http://a.example.org/debian",
  }],
];

for (const [title, texts, expected] of CASES) {
  Deno.test(`the Debian archive is found: ${title}`, () =>
    assert.deepEqual(findDebianArchive(texts), expected));
}

Deno.test("a source line names the keyring that its owner trusts", () => {
  assert.equal(
    sourceLine({ uri: "http://a/debian", signedBy: "/k.gpg" }, "sid"),
    "deb [signed-by=/k.gpg] http://a/debian sid main",
  );
  assert.equal(sourceLine({ uri: "http://a/debian" }, "sid"), "deb http://a/debian sid main");
});
