/** Values that stand in for secrets where these are not to be had, so that `${NAME:?}` and `"${PORT}:80"` can be checked. */
import { isComposeVariable, type SecretSource } from "./variables.ts";

export interface Placeholders {
  /** Whether a provider has the variable for this stack: surely not, perhaps, or by its name. */
  mayProvide(name: string, stack: string): boolean | "unknown";
  /** A value for each of these names; `form` tries another kind of value. */
  valuesFor(names: Iterable<string>, form: PlaceholderForm): Record<string, string>;
  /** Whether a port is a placeholder, and says nothing about the real one. */
  isPlaceholder(port: number): boolean;
}

/** What a variable may have to be: a number or text, a path, a truth value, a duration, a size. */
export const FORMS = ["number", "path", "truth", "duration"] as const;

export type PlaceholderForm = typeof FORMS[number];

/** Ports from here on are rarely written in Compose files. */
const FIRST_PORT = 61_001;
const LAST_PORT = 65_535;

export function makePlaceholders(sources: readonly SecretSource[]): Placeholders {
  const answers = new Map<string, boolean | "unknown">();
  const ports = new Map<string, number>();
  return {
    mayProvide(name, stack) {
      const key = `${stack} ${name}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = askAll(name, stack, sources);
      answers.set(key, answer);
      return answer;
    },
    valuesFor(names, form) {
      const values: Record<string, string> = Object.create(null);
      for (const name of names) {
        const port = ports.get(name) ?? FIRST_PORT + ports.size % (LAST_PORT - FIRST_PORT);
        ports.set(name, port);
        values[name] = toForm(port, form);
      }
      return values;
    },
    isPlaceholder: (port) => port >= FIRST_PORT && port < FIRST_PORT + ports.size,
  };
}

function askAll(name: string, stack: string, sources: readonly SecretSource[]): boolean | "unknown" {
  if (isComposeVariable(name)) return false;
  const answers = sources.map((source) => source.mayProvide(name, stack));
  return answers.includes(true) || (answers.includes("unknown") && "unknown");
}

function toForm(port: number, form: PlaceholderForm): string {
  switch (form) {
    case "number":
      return String(port);
    case "path":
      return `/${port}`;
    case "truth":
      return "true";
    case "duration":
      return `${port}s`;
  }
}
