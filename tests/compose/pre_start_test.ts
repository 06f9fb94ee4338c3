/** `pre_start`, which release 5 has and 2.40 refuses. The hashes are those of `docker compose config --hash '*'` 5.5.1 for this file. */
import assert from "node:assert/strict";
import { type HashFlavour, serviceHash } from "../../lib/compose/hash.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { formatError } from "../../lib/errors.ts";
import { memoryFiles } from "../fakes/memory_files.ts";

const TEXT = `services:
  a:
    image: busybox:1
    command: sleep 60
    network_mode: none
    environment: {S: "1", N: }
    pre_start:
      - command: echo "a b" $$X
        environment: [A=1, B, HOME]
        privileged: "\${P:-true}"
      - image: other:1
        user: "0"
        working_dir: /x
        per_replica: false
        x-foo: 1
      - {}
    post_start:
      - command: [a]
  b:
    extends: a
    pre_start:
      - command: [more]
`;

function load(text: string, release: HashFlavour) {
  const files = memoryFiles("/repo", { "shop/compose.yml": text });
  return loadProject({ folder: "/repo/shop", variables: {}, files, release }).project.services;
}

Deno.test("hooks before the start are merged, get the image of their service, and are hashed as release 5 does", () => {
  const { a, b } = load(TEXT, "5");
  assert.equal(serviceHash(a!, "5"), "6b4fc9b1c53e64f0e5d5e5683418b48c48350c44d7f93a7a2935f48edee8d3b3");
  assert.equal(serviceHash(b!, "5"), "9f15f120ad1912e1938b8914b872f16ba393dab2482bcaf3117d33d1969c940e");
  // Extensions are kept aside, by a symbol.
  assert.deepEqual(b!.pre_start!.map((hook) => Object.fromEntries(Object.entries(hook))), [
    {
      command: ["echo", "a b", "$X"],
      image: "busybox:1",
      environment: { A: "1", B: null, HOME: null },
      privileged: true,
    },
    { image: "other:1", user: "0", working_dir: "/x" },
    { image: "busybox:1" },
    { command: ["more"], image: "busybox:1" },
  ]);
});

/** What is refused: the text of the service's `pre_start`, the release, and the beginning of the error. */
const REFUSED: readonly (readonly [string, HashFlavour, string])[] = [
  [
    "[{command: a}]",
    "2.40",
    `"pre_start" belongs to release 5 of Compose (services.a.pre_start, /repo/shop/compose.yml:4)
  → remove it, or choose that release with deploy: { composeHash: "5" } in stacks.config.ts`,
  ],
  ["[]", "2.40", '"pre_start" belongs to release 5'],
  ["[{command: a, per_replica: true}]", "5", '"per_replica" is not supported'],
  ["[{command: a, volumes: [a]}]", "5", 'Unknown attribute "volumes" (services.a.pre_start[0].volumes'],
  ["{command: a}", "5", "pre_start must be a list"],
];

for (const [hooks, release, expected] of REFUSED) {
  Deno.test(`pre_start: ${hooks} is refused by release ${release}`, () => {
    const text = `services:\n  a:\n    image: a\n    pre_start: ${hooks}\n`;
    assert.throws(() => load(text, release), (error) => {
      assert.ok(formatError(error).includes(expected), formatError(error));
      return true;
    });
  });
}
