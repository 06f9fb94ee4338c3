import { absolutePath, type Fault, quote, variableName } from "../config/value_rules.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What is wrong with a credential among a provider's options. The value is not shown: it may be the credential itself. */
export function credentialFaults(place: string, reference: unknown): Fault[] {
  const hint = 'write fromEnv("…") or fromFile("/etc/homeport/…")';
  if (reference === undefined) return [{ message: `${place} is required, and missing`, hint }];
  if (typeof reference === "string") {
    return [{ message: `${place}: a credential is a reference, never a literal`, hint }];
  }
  const { kind, name, path } = { ...reference as Readonly<Record<string, unknown>> };
  const odd = kind === "credential-from-env" && typeof name === "string"
    ? variableName(name) && "not a name of a variable"
    : kind === "credential-from-file" && typeof path === "string"
    ? absolutePath(path) && "not an absolute path"
    : "not a reference to a credential";
  return odd ? [{ message: `${place}: ${odd}`, hint }] : [];
}

/** What is wrong with the address of a server that is sent a credential. */
export function serverFaults(place: string, address: unknown, example: string): Fault[] {
  const hint = `write it such as "${example}"`;
  const url = typeof address === "string" && address === address.trim() ? URL.parse(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return [{ message: `${place} is not an http(s) address`, hint }];
  }
  if (url.username !== "" || url.password !== "") {
    return [{ message: `${place}: the address of ${url.host} holds a credential`, hint }];
  }
  if (url.search !== "" || url.hash !== "") {
    return [{ message: `${place}: the address of ${url.host} has a query or a fragment`, hint }];
  }
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    return [{
      message: `${place}: ${
        quote(url.href)
      } is not encrypted: anyone on the network could read the credential`,
      hint: "use https://; http:// is for localhost alone",
    }];
  }
  return [];
}
