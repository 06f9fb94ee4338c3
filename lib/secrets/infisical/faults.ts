import { credentialFaults } from "../credential_faults.ts";
import { isNamePattern } from "../name_patterns.ts";

interface Fault {
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with the options, whatever was written there in a configuration that was not type-checked. */
export function faultsOf(options: unknown): Fault[] {
  const { server, clientId, clientSecret, project, environment, paths, recursive, names } =
    (options ?? {}) as Readonly<Record<string, unknown>>;
  const fault = (message: string, hint: string): Fault[] => [{ message: `infisical(): ${message}`, hint }];
  return [
    ...(isServer(server) ? [] : fault(
      "server is not an address",
      'write it without a path, user or query, such as "https://infisical.example.org"',
    )),
    ...credentialFaults(clientId, "infisical(): clientId"),
    ...credentialFaults(clientSecret, "infisical(): clientSecret"),
    ...(isWord(project) ? [] : fault("project names no project", "write the project's ID or slug")),
    ...(isWord(environment)
      ? []
      : fault("environment names no environment", 'write its slug, such as "prod"')),
    ...(isListOf(paths, isPath) ? [] : fault(
      "paths is not a list of folders",
      'write each from the root of the environment, such as paths: ["/shared", "/helium"]',
    )),
    ...(recursive === undefined || typeof recursive === "boolean"
      ? []
      : fault("recursive is neither true nor false", "write true or leave it out")),
    ...(isListOf(names, isNamePattern) ? [] : fault(
      "names is not a list of names",
      'write names or patterns of variables, such as names: ["DB_PASSWORD", "SMTP_*"]',
    )),
  ];
}

function isServer(server: unknown): boolean {
  if (server === undefined) return true;
  const url = typeof server === "string" ? URL.parse(server) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
}

function isWord(text: unknown): boolean {
  return typeof text === "string" && /^[^\s\p{Cc}/]+$/u.test(text);
}

function isPath(path: unknown): boolean {
  return typeof path === "string" && /^\/([^\s\p{Cc}]*)$/u.test(path);
}

function isListOf(list: unknown, fits: (each: unknown) => boolean): boolean {
  return list === undefined || (Array.isArray(list) && list.length > 0 && list.every(fits));
}
