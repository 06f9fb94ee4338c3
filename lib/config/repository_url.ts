import { type Fault, quote } from "./value_rules.ts";

const EXAMPLE = "https://git.example.org/me/homelab.git";
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What is wrong with a repository's URL. Never shows a credential that stands in it. */
export function findUrlFault(url: string): Fault | undefined {
  if (url !== url.trim() || /[\s\p{Cc}]/u.test(url)) {
    return { message: "the URL holds white space", hint: `write it without, such as "${EXAMPLE}"` };
  }
  if (url.startsWith("/")) return findPathFault(url, url);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return findFormFault(url);
  if (scheme === "ssh" || scheme === "git+ssh") return sshFault();
  if (!["https", "http", "file"].includes(scheme)) {
    return {
      message: `${quote(`${scheme}://`)} is not supported`,
      hint: "use https://, file:// or an absolute path",
    };
  }
  const parsed = URL.parse(url);
  if (parsed === null) return { message: "not a URL", hint: `write it such as "${EXAMPLE}"` };
  return scheme === "file" ? findFileFault(parsed, url) : findServerFault(parsed, scheme);
}

/** Whether a token is of any use with the URL. */
export function takesToken(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function findServerFault(url: URL, scheme: string): Fault | undefined {
  if (url.username !== "" || url.password !== "") {
    return {
      message: `the URL for ${url.host} holds a credential`,
      hint: `take it out of the URL, revoke it, and write auth: { token: fromEnv("GIT_TOKEN") }`,
    };
  }
  if (url.search !== "" || url.hash !== "") {
    return {
      message: `the URL for ${url.host} has a query or a fragment`,
      hint: 'write what "git clone" takes',
    };
  }
  if (url.pathname === "/") {
    return {
      message: `${quote(url.href)} names a server and no repository`,
      hint: `write it such as "${EXAMPLE}"`,
    };
  }
  if (scheme === "http" && !LOOPBACK.test(url.hostname)) {
    return {
      message: `${quote(url.href)} is not encrypted: anyone on the network could change what is deployed`,
      hint: "use https://; http:// is for localhost alone",
    };
  }
  return undefined;
}

function findFileFault(url: URL, text: string): Fault | undefined {
  if (url.host !== "") {
    return {
      message: `${quote(text)} names a server`,
      hint: 'write three slashes: "file:///srv/git/homelab.git"',
    };
  }
  return findPathFault(url.pathname, text);
}

function findPathFault(path: string, text: string): Fault | undefined {
  const outside = path.split("/").includes("..");
  if (!outside && path !== "/") return undefined;
  return { message: `${quote(text)} is not an absolute path of a repository`, hint: 'leave ".." out' };
}

function findFormFault(url: string): Fault {
  if (/^[^/]+@[^/]+:/.test(url)) return sshFault();
  if (/^[^/\s]+\.[^/\s]+\/./.test(url) && !url.includes("@")) {
    return { message: `${quote(url)} has no scheme`, hint: `write "https://${url}"` };
  }
  return {
    message: url.includes("@") || url === "" ? "not a URL" : `${quote(url)} is not a URL`,
    hint: `write it such as "${EXAMPLE}", or an absolute path`,
  };
}

function sshFault(): Fault {
  return {
    message: "SSH is not supported yet",
    hint: `use https:// with auth: { token: fromEnv("GIT_TOKEN") }`,
  };
}
