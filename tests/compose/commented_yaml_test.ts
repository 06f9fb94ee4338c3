import assert from "node:assert/strict";
import { type CommentedNode, parseCommentedYaml } from "../../lib/compose/commented_yaml.ts";
import { ConfigurationError } from "../../lib/errors.ts";

/** The tree in short: `#` before a comment, `<` behind an inline one. */
function show(node: CommentedNode): unknown {
  if (node.kind === "scalar") return node.tag === undefined ? node.text : `${node.tag} ${node.text}`;
  return node.children.map((child) => {
    if (child.kind === "comment") return `#${child.text}${child.inline ? "<" : ""}`;
    return child.key === undefined ? show(child.value) : [show(child.key), show(child.value)];
  });
}

/** Where go-yaml puts the comments was asked of go-yaml. */
const CASES: readonly [what: string, text: string, tree: unknown][] = [
  ["before a key", "# a\n\n# b\nk: v\n", ["# a", "# b", ["k", "v"]]],
  ["behind a value", "k: v # c\n", ["# c<", ["k", "v"]]],
  ["behind a key with a block", "k: # c\n  a: 1\n", ["# c", ["k", [["a", "1"]]]]],
  ["first in a block", "k:\n  # c\n  a: 1\n", [["k", ["# c", ["a", "1"]]]]],
  ["last in a block", "k:\n  a: 1\n  # c\nl: 2\n", [["k", [["a", "1"], "# c"]], ["l", "2"]]],
  ["of the block outside", "k:\n  a: 1\n# c\nl: 2\n", [["k", [["a", "1"]]], "# c", ["l", "2"]]],
  ["between two blocks", "a:\n  b:\n    x: 1\n  # c\nd: 1\n", [["a", [["b", [["x", "1"], "# c"]]]], [
    "d",
    "1",
  ]]],
  ["between, with an empty line", "a:\n  b:\n    x: 1\n  # c\n\nd: 1\n", [
    ["a", [["b", [["x", "1"]]], "# c"]],
    ["d", "1"],
  ]],
  ["below one of a deeper block", "a:\n  b:\n    - x\n    # c\n  # d\ne: 1\n", [["a", [
    ["b", ["x", "# c"]],
    "# d",
  ]], ["e", "1"]]],
  ["among items", "k:\n  # a\n  - 1 # b\n  # c\n  - 2\n", [["k", ["# a", "# b<", "1", "# c", "2"]]]],
  ["in an item", "- a: 1\n  # c\n  b: 2\n# d\n- e\n", [[["a", "1"], "# c", ["b", "2"]], "# d", "e"]],
  ["behind brackets", "k: [1, 2] # c\n", [["k", ["# c", "1", "2"]]]],
  ["in brackets that hold nothing else", "k: {\n  # c\n  }\n", [["k", []]]],
  ["behind the sign of a text", "k: | # c\n  # text\nl: 1\n", ["# c<", ["k", "# text\n"], ["l", "1"]]],
  ["in quotes there is none", 'k: "# c"\n', [["k", "# c"]]],
  ["at the end", "k: v\n# c\n", [["k", "v"], "# c"]],
];

for (const [what, text, tree] of CASES) {
  Deno.test(`a comment ${what} keeps its place`, () => {
    assert.deepEqual(parseCommentedYaml(text, "x.yaml").map(show), [tree]);
  });
}

Deno.test("documents, tags, aliases and empty values are read, and their lines known", () => {
  const text = "a: &x !!binary aGk=\nb: *x\nc:\n---\n# d\n- e\n";
  const documents = parseCommentedYaml(text, "x.yaml");
  assert.deepEqual(documents.map(show), [[["a", "!!binary aGk="], ["b", "!!binary aGk="], ["c", ""]], [
    "# d",
    "e",
  ]]);
  const [map] = documents;
  assert.ok(map?.kind === "map");
  assert.deepEqual(map.children.map((child) => child.kind === "entry" && child.line), [1, 2, 3]);
});

for (const text of ["a: 1\na: 2\n", "a: *x\n", "a: &x [*x]\n", "a: [\n"]) {
  Deno.test(`refused with its place: ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseCommentedYaml(text, "x.yaml"), (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      assert.equal(error.location?.file, "x.yaml");
      return true;
    });
  });
}
