import { say } from "../terminal.ts";

const color = Deno.stdout.isTerminal() && !Deno.noColor;
const paint = (code: string, text: string): string => color ? `\x1b[${code}m${text}\x1b[0m` : text;

let steps = 0;

/** Begins a step: what happens now, and why it matters. */
export function step(title: string, explanation: string): void {
  steps += 1;
  say(`\n${paint("1;36", `${steps}. ${title}`)}\n   ${paint("2", explanation)}\n`);
}

/** The command that a person would type. */
export function command(line: string): void {
  say(paint("1", `$ ${line}`));
}

export function note(text: string): void {
  say(`   ${text}`);
}
