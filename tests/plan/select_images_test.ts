import assert from "node:assert/strict";
import type { LocalImage } from "../../lib/plan/local_images.ts";
import { type ImageSelection, selectImages } from "../../lib/plan/select_images.ts";

const ONE = `sha256:${"1".repeat(64)}`;
const TWO = `sha256:${"2".repeat(64)}`;
const OLD: LocalImage = { id: ONE, tags: [], digests: ["nginx@sha256:aa"], size: 10 };
const TAGGED: LocalImage = { id: ONE, tags: ["nginx:1.27"], digests: ["nginx@sha256:aa"], size: 10 };
const BUILT: LocalImage = { id: TWO, tags: [], digests: [], size: 20, builtFor: "shop" };
const KNOWN = { stack: "web", project: "web", id: ONE, reference: "nginx:1.27" };

const CASES: readonly (readonly [
  what: string,
  given: Partial<ImageSelection>,
  expected: readonly (readonly string[])[],
])[] = [
  ["an image that a deployment ran, and that has lost its tag, goes by its ID", { local: [OLD] }, [[ONE]]],
  ["one whose stack asks for it no more goes with its tag", { local: [TAGGED] }, [["nginx:1.27"]]],
  ["one that a container was made from stays", { local: [TAGGED], used: new Set([ONE]) }, []],
  ["one that a container mounts by its name stays", { local: [TAGGED], used: new Set(["nginx:1.27"]) }, []],
  ["one that a stack asks for stays", { local: [TAGGED], wanted: ["docker.io/library/nginx:1.27"] }, []],
  ["one that a stack asks for by its digest stays", { local: [OLD], wanted: ["nginx:9@sha256:aa"] }, []],
  ["one that a stack asks for by its ID stays", { local: [OLD], wanted: [ONE.slice(7, 19)] }, []],
  ["one that stays for another tag keeps all of them", {
    local: [{ ...TAGGED, tags: ["nginx:1.27", "nginx:latest"] }],
    wanted: ["nginx"],
  }, []],
  ["one to go back to stays, by its ID", { local: [OLD], protectedImages: new Set([ONE]) }, []],
  ["one to go back to stays, by its digest", {
    local: [OLD],
    protectedImages: new Set(["nginx@sha256:aa"]),
  }, []],
  ["one that nobody deployed stays", { local: [TAGGED], known: [] }, []],
  ["a tag of others stays, and so do the layers", {
    local: [{ ...TAGGED, tags: ["mine:keep", "nginx:1.27"] }],
  }, [["nginx:1.27"]]],
  ["one that has tags of others alone stays", { local: [{ ...TAGGED, tags: ["mine:keep"] }] }, []],
  ["another image with a tag that stacks asked for stays", { local: [{ ...TAGGED, id: TWO }] }, []],
  ["what was built for a project of this host goes", {
    local: [BUILT],
    known: [{ ...KNOWN, project: "shop" }],
  }, [[TWO]]],
  ["what was built for another's project stays", { local: [BUILT] }, []],
  ["what a stack ran whose files cannot be loaded stays", { local: [TAGGED], unclear: new Set(["web"]) }, []],
  ["what others ran goes meanwhile", { local: [TAGGED], unclear: new Set(["mail"]) }, [["nginx:1.27"]]],
  ["with all, one that nobody deployed goes with every tag", {
    images: "all",
    known: [],
    local: [{ ...TAGGED, tags: ["mine:keep", "nginx:1.27"] }],
  }, [["mine:keep", "nginx:1.27"]]],
  ["with all, one without a name goes by its ID", { images: "all", local: [BUILT] }, [[TWO]]],
  ["with all, digests of further repositories go as well", {
    images: "all",
    local: [{ ...TAGGED, digests: ["nginx@sha256:aa", "ghcr.io/me/nginx@sha256:aa"] }],
  }, [["nginx:1.27", "ghcr.io/me/nginx@sha256:aa"]]],
  ["with all, what is used, asked for or to go back to stays", {
    images: "all",
    local: [TAGGED, BUILT, { ...BUILT, id: `sha256:${"3".repeat(64)}` }],
    used: new Set([TWO]),
    wanted: ["nginx:1.27"],
    protectedImages: new Set([`sha256:${"3".repeat(64)}`]),
  }, []],
  ["with all, while a stack cannot be loaded, only what deployments ran goes", {
    images: "all",
    local: [TAGGED, { ...BUILT, tags: ["other:1"] }],
    unclear: new Set(["mail"]),
  }, [["nginx:1.27"]]],
];

for (const [what, given, expected] of CASES) {
  Deno.test(`cleanup: ${what}`, () => {
    const images = selectImages({ ...NOTHING, ...given });
    assert.deepEqual(images.map(({ references }) => references), expected);
  });
}

const NOTHING: ImageSelection = {
  images: "own",
  local: [],
  used: new Set(),
  known: [KNOWN],
  wanted: [],
  unclear: new Set(),
  protectedImages: new Set(),
};
