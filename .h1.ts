import { parseYaml } from "./lib/compose/yaml.ts";
import { Locations } from "./lib/compose/locations.ts";
import { formatError } from "./lib/errors.ts";
const t = Deno.readTextFileSync("/tmp/h1/sample.yml");
for (let r=0;r<6;r++){const s=performance.now(); for(let i=0;i<300;i++) parseYaml(t,"f",new Locations()); console.log("yaml", ((performance.now()-s)/300).toFixed(3),"ms");}
function tryit(name: string, text: string) { const m=Deno.memoryUsage().rss; const s=performance.now(); let out; try { out = Deno.inspect(parseYaml(text,"f.yml",new Locations()),{depth:20}).slice(0,1500);} catch(e){ out = e instanceof RangeError ? "RANGE "+e.stack!.slice(0,400): formatError(e);} console.log("-----", name, (performance.now()-s).toFixed(1)+"ms", ((Deno.memoryUsage().rss-m)/1e6).toFixed(0)+"MB", out); }
let bomb="a: &a [x,x,x,x,x,x,x,x,x]\n"; for (let i=1;i<9;i++) bomb+=`${"abcdefghij"[i]}: &${"abcdefghij"[i]} [${Array(9).fill("*"+"abcdefghij"[i-1]).join(",")}]\n`;
tryit("bomb", bomb);
let chain="a0: &a0 [x]\n"; for (let i=1;i<5000;i++) chain+=`a${i}: &a${i} [*a${i-1}]\n`;
tryit("chain", chain);
tryit("deep[", "[".repeat(100000));
tryit("deep{", "{a: ".repeat(100000));
tryit("deep-", "- ".repeat(20000));
tryit("deepmap", Array.from({length:3000},(_, i)=>" ".repeat(i)+"a:\n").join(""));
tryit("deep?", "? ".repeat(20000));
tryit("self", "a: &a [*a]");
tryit("err", "a:\n  b: [c\n d: e\n");
tryit("tab", "a:\n\tb: c\n");
tryit("nested", "a: b: c\n");
tryit("date", "a: {b: 2024-01-02}\n");
tryit("xdate", "x-a: {b: 2024-01-02}\n");
tryit("misc", `a: !reset [1]
b: &x !override {c: 1}
d: !reset
e: !!binary aGk=
f: *x
g: !<tag:yaml.org,2002:int> 3
? h
i: ! 5
l: {<<: [*x, {y: 2}], __proto__: 1, n: 0777, m: 1_000.5, o: 18446744073709551615}
`);
