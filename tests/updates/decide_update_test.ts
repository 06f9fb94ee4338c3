import assert from "node:assert/strict";
import type { RegistryImage } from "../../lib/plan/registry_image.ts";
import { decideAfter, decideBefore, type RunningImage } from "../../lib/updates/decide_update.ts";

const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const ID = digest("a");
const OLD = digest("1");
const NEW = digest("2");
const BAD = digest("b");

const image = (parts: Partial<RunningImage> = {}): RunningImage => ({
  reference: { image: "nginx:1.27" },
  pullPolicy: "missing",
  isBuilt: false,
  labels: {},
  id: ID,
  digests: [`nginx@${OLD}`],
  ...parts,
});
const labelled = (key: string, value: string) => image({ labels: { [key]: value } });
const WATCHTOWER = "com.centurylinklabs.watchtower";

const BEFORE: [name: string, image: RunningImage, verdict: string][] = [
  ["an image by its tag is asked for", image(), "ask"],
  ["one that is pinned by its digest is not", image({ reference: { image: `nginx:1.27@${OLD}` } }), "digest"],
  ["one that is named by its ID is not", image({ reference: { image: ID } }), "image-id"],
  ["one that is built is not", image({ isBuilt: true }), "built"],
  ["one that came from no registry is not", image({ digests: [] }), "local"],
  ["one that is never pulled is not", image({ pullPolicy: "never" }), "pull-policy"],
  ["one that is pulled daily is", image({ pullPolicy: "refresh" }), "ask"],
  ["our label excludes", labelled("homeport.updates", "off"), "excluded"],
  ["our label permits", labelled("homeport.updates", "on"), "ask"],
  ["our label lets it only be told", labelled("homeport.updates", "notify"), "told"],
  ["a wrong word in our label excludes", labelled("homeport.updates", "no"), "excluded"],
  ["Watchtower's label excludes", labelled(`${WATCHTOWER}.enable`, "false"), "excluded"],
  ["Watchtower's label permits", labelled(`${WATCHTOWER}.enable`, "true"), "ask"],
  ["Watchtower's label lets it only be told", labelled(`${WATCHTOWER}.monitor-only`, "true"), "told"],
  [
    "our label wins over Watchtower's",
    image({ labels: { "homeport.updates": "on", [`${WATCHTOWER}.enable`]: "false" } }),
    "ask",
  ],
];

for (const [name, given, verdict] of BEFORE) {
  Deno.test(`before a registry is asked: ${name}`, () => {
    const before = decideBefore(given);
    const actual = before.kind === "skip" ? before.skip.kind : before.onlyTold === undefined ? "ask" : "told";
    assert.equal(actual, verdict);
  });
}

Deno.test("a wrong word in our label is said", () => {
  const before = decideBefore(labelled("homeport.updates", "of"));
  assert.deepEqual(before, {
    kind: "skip",
    skip: { kind: "excluded", reason: 'label homeport.updates is "of": write on, off or notify' },
  });
});

const answer = (parts: Partial<RegistryImage> = {}): RegistryImage => ({
  digest: NEW,
  platforms: ["linux/amd64"],
  isOffered: true,
  ...parts,
});
const rejected = {
  reference: "nginx:1.27",
  bad: { id: BAD },
  good: { id: ID },
  since: "2026-03-01T04:00:00Z",
};

const AFTER: [name: string, image: RunningImage, answer: RegistryImage, verdict: string][] = [
  ["another digest is newer", image(), answer(), `${OLD} → ${NEW}`],
  ["the same digest is not", image(), answer({ digest: OLD }), "up-to-date"],
  ["nor is one of several", image({ digests: [`a@${NEW}`, `b@${OLD}`] }), answer(), "up-to-date"],
  ["nor is the image's own ID", image({ id: NEW, digests: [] }), answer(), "up-to-date"],
  [
    "what is told is the digest of the repository that is asked for",
    image({ digests: [`mirror.example.org/nginx@${BAD}`, `docker.io/library/nginx@${OLD}`] }),
    answer(),
    `${OLD} → ${NEW}`,
  ],
  ["what is not offered for the platform is none", image(), answer({ isOffered: false }), "platform"],
  [
    "the same digest is up to date for any platform",
    image(),
    answer({ digest: OLD, isOffered: false }),
    "up-to-date",
  ],
  [
    "a rejected one is none",
    image({ rejected: { ...rejected, bad: { id: BAD, digest: `nginx@${NEW}` } } }),
    answer(),
    "rejected",
  ],
  [
    "a rejected one whose ID is its digest is none",
    image({ rejected: { ...rejected, bad: { id: NEW } } }),
    answer(),
    "rejected",
  ],
  [
    "a rejected one that has got another list of platforms is none",
    image({ rejected, rejectedDigests: [`nginx@${BAD}`, `nginx@${NEW}`] }),
    answer(),
    "rejected",
  ],
  [
    "one after the rejected one is newer",
    image({ rejected: { ...rejected, bad: { id: BAD, digest: `nginx@${BAD}` } } }),
    answer(),
    `${OLD} → ${NEW}`,
  ],
  [
    "the one from before, after the rejected one, is newer than what the tag means",
    image({
      digests: [`nginx@${BAD}`],
      id: BAD,
      rejected: { ...rejected, bad: { id: BAD, digest: `nginx@${BAD}` } },
    }),
    answer({ digest: OLD }),
    `${BAD} → ${OLD}`,
  ],
];

for (const [name, given, has, verdict] of AFTER) {
  Deno.test(`by a registry's answer: ${name}`, () => {
    const after = decideAfter(given, has);
    assert.equal(after.kind === "skip" ? after.skip.kind : `${after.from} → ${after.to}`, verdict);
  });
}
