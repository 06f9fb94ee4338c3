import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDotenv } from "../../lib/compose/dotenv.ts";
import { parseRawEnv } from "../../lib/compose/raw_env.ts";
import { sideBySide } from "../engine/parts.ts";
import { type Reference, referenceTest } from "./reference.ts";
import { SEED } from "../seed.ts";

/** What docker compose knows when it reads the files; here it stands in `.env`. */
const VARIABLES: Readonly<Record<string, string>> = { OUTER: "outer", EMPTY: "", DOLLAR: "a$b" };
const lookup = (name: string) => Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;

type Read = (text: string) => ReadonlyMap<string, string>;

const FORMATS: readonly {
  readonly format: string;
  readonly read: Read;
  readonly lines: fc.Arbitrary<string>;
}[] = [
  { format: "", read: (text) => parseDotenv(text, "a.env", lookup), lines: fc.constantFrom(...pieces()) },
  { format: "raw", read: (text) => parseRawEnv(text, "a.env", lookup), lines: fc.constantFrom(...pieces()) },
];

for (const { format, read, lines } of FORMATS) {
  const name = format === "" ? "env files" : `env files of format ${format}`;
  const texts = [...new Set([...TEXTS(), ...fc.sample(contents(lines), { numRuns: 1_500, seed: SEED })])];

  referenceTest(`${name} give the variables that docker compose reads (seed ${SEED})`, async (reference) => {
    const accepted = texts.filter((text) => tryRead(read, text) !== undefined);
    assert.ok(accepted.length > 100, `${accepted.length} texts`);
    const theirs = await environments(reference, accepted, format);
    const ours = accepted.map((text) => Object.fromEntries(tryRead(read, text)!));
    assert.deepEqual(paired(accepted, ours), paired(accepted, theirs));
    return accepted.length;
  });

  referenceTest(
    `${name} that cannot be read are refused by docker compose too (seed ${SEED})`,
    async (reference) => {
      const refused = texts.filter((text) => tryRead(read, text) === undefined);
      await sideBySide(refused.slice(0, 40), async (text) => {
        const verdict = await reference.config(project([text], format), VARIABLES);
        assert.equal(verdict.accepted, false, JSON.stringify(text));
      });
      return Math.min(refused.length, 40);
    },
  );
}

function TEXTS(): string[] {
  return [
    "A=1",
    "A=1\n",
    "=1\nA=2\n",
    ":1\n",
    "export =1\n",
    "A = 1\n",
    "export A=1\n",
    "export  A=1\n",
    "exportA=1\n",
    "A: 1\n",
    "A:1\n",
    "A=\nB=2\n",
    "A=1\nA=2\n",
    "A=1\r\nB=2\r\n",
    "A= # comment\n",
    "A=x # comment\n",
    "A=x#y\n",
    "# A=1\nB=2\n",
    "  # c\n  A=1\n",
    'A="x" # c\n',
    "A='x' # c\nB=1\n",
    'A="x"\nB=1',
    "A='it\\'s'\n",
    "A='a\\nb'\n",
    'A="a\\nb"\n',
    'A="a\\"b"\n',
    'A="a\nb"\n',
    "A='a\nb'\n",
    'A="$OUTER"\n',
    "A='$OUTER'\n",
    "A=$OUTER\n",
    "A=${OUTER}\n",
    "A=\\$OUTER\n",
    'A="\\$OUTER"\n',
    "A=$$OUTER\n",
    'A="$$OUTER"\n',
    "A=${NONE:-d}\n",
    "A=${NONE}\n",
    "A=1\nB=$A\n",
    "OUTER=inner\nB=$OUTER\n",
    "B=$A\nA=1\n",
    "OUTER\n",
    "NONE\n",
    "OUTER\nNONE\nA=1\n",
    "A=${NONE:?x}\n",
    "A=${\n",
    'A="\\a\\b\\c\\f\\r\\t\\v\\\\ \\x\\u0041\\0101\\012\\0\\0999\\0777"\n',
    "A B=1\n",
    "A-B=1\n",
    "A.B=1\n",
    "A[0]=1\n",
    "Ä=1\n",
    "A/B=1\n",
    "A\n",
    'A="x\n',
    "A='x\n",
    "A='x'y\n",
    "A=a b c  \n",
    'A="  x  "\n',
    "A=\tx\t\n",
    "\tA=1\n",
    "A=$DOLLAR\n",
    'A="${DOLLAR}"\n',
    "1A=1\n",
    "A=\u00a0x\u00a0\n",
    "A=x\\\ny\n",
    "A=`x`\n",
    'A=""\n',
    "A=''\n",
    'A="a\\\nb"\n',
    "\n\n\nA=1\n\n",
    "\ufeffA=1\n",
    "A==1\n",
    "A=b=c\n",
    'A="{\\"k\\": \\"v\\"}"\n',
    'A={"k": "v"}\n',
    'A=\'{"k": "v"}\'\n',
    "A=x 'y' \"z\"\n",
    'A="x" "y"\n',
    "OUTER\nA=$OUTER\n",
    "A=${OUTER:+x}\n",
    "A=${EMPTY:-x}${EMPTY-y}\n",
    "export A\n",
    "export OUTER\n",
    "A =1\n",
    "A  =  1\n",
    " =1\n",
    "A=1;B=2\n",
    "A=http://x/#frag\n",
    "A=pa$$word\n",
    "A=p@ss#word\n",
    'A="p@ss#word"\n',
    "A='p@ss #word'\n",
  ];
}

function pieces(): string[] {
  return [
    "A",
    "B",
    "OUTER",
    "=",
    "=",
    ": ",
    " ",
    "\n",
    "\n",
    '"',
    "'",
    "\\",
    "\\n",
    "$",
    "$OUTER",
    "${A}",
    "${NONE:-x}",
    "#",
    " #",
    "x",
    "export ",
    "\t",
    "\r\n",
    "\\$",
    '\\"',
    "0",
    "ä",
  ];
}

function contents(lines: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(lines, { minLength: 1, maxLength: 14 }).map((parts) => `${parts.join("")}\n`);
}

function tryRead(read: Read, text: string): ReadonlyMap<string, string> | undefined {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}

async function environments(
  reference: Reference,
  texts: readonly string[],
  format: string,
): Promise<Record<string, string>[]> {
  const verdict = await reference.config(project(texts, format), VARIABLES);
  assert.ok(verdict.accepted, verdict.accepted ? "" : verdict.message);
  return texts.map((_, index) => verdict.model["services"][`s${index}`].environment ?? {});
}

/** A service for each env file, so that one process answers for all of them. */
function project(texts: readonly string[], format: string): Record<string, string> {
  const services = Object.fromEntries(texts.map((_, index) => {
    const file = { path: `./${index}.env`, ...(format === "" ? {} : { format }) };
    return [`s${index}`, { image: "a", network_mode: "none", env_file: [file] }];
  }));
  const files = Object.fromEntries(texts.map((text, index) => [`${index}.env`, text]));
  return { ...files, "compose.yml": JSON.stringify({ name: "a", services }) };
}

function paired(
  texts: readonly string[],
  environments: readonly Readonly<Record<string, string>>[],
): string[] {
  return texts.map((text, index) => {
    const entries = Object.entries(environments[index]!).sort(([a], [b]) => a < b ? -1 : 1);
    return `${JSON.stringify(text)} → ${JSON.stringify(entries)}`;
  });
}
