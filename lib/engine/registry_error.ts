/** What a registry refuses by way of the engine, and what to do about it. */
import { asError, HomeportError } from "../errors.ts";
import type { RegistryLogin } from "./registry_login.ts";
import { mask, RequestError, unreachable, UnreachableError } from "./request_error.ts";

const NOT_FOUND =
  /manifest unknown|not found|no such image|does not exist|no matching manifest|manifest for .* not/i;
const DENIED = /denied|unauthorized|authentication required|no basic auth/i;
const TOO_MANY = /toomanyrequests|too many requests|rate limit/i;

/** `failed`: such as `Cannot pull image nginx`. */
export function registryError(failed: string, domain: string, error: unknown, login: RegistryLogin): Error {
  if (error instanceof UnreachableError) return unreachable(error, failed);
  if (!(error instanceof RequestError)) return asError(error);
  const what = `${failed}: ${maskLogin(error.message, login)}`;
  if (TOO_MANY.test(error.message)) {
    return new HomeportError(what, {
      hint: `wait, or log in to ${domain} (docker login)`,
      consequence: "retry",
    });
  }
  if (DENIED.test(error.message)) {
    return new HomeportError(what, { hint: hintForDenial(domain, login) });
  }
  if (NOT_FOUND.test(error.message)) {
    return new HomeportError(what, { hint: "check the image's name, tag and platform in the Compose file" });
  }
  return new HomeportError(what, {
    hint: `check that this machine reaches the registry ${domain}, and run apply again`,
    consequence: "retry",
  });
}

/** Nothing says that a registry does not repeat what it was shown. */
function maskLogin(message: string, login: RegistryLogin): string {
  if (login.kind !== "login") return message;
  const { password, identityToken, registryToken } = login.credentials;
  return mask(message, [password, identityToken, registryToken].flatMap((each) => each?.reveal() || []));
}

function hintForDenial(domain: string, login: RegistryLogin): string {
  switch (login.kind) {
    case "none":
      return `check the image's name; if it is private, add ${domain} to registries of stacks.config.ts, or log in to ${domain} (docker login)`;
    case "login":
      return `check the image's name; if it is private, the login for ${domain} does not serve: ${
        login.from === "docker"
          ? "log in anew (docker login)"
          : "check its user and password in registries of stacks.config.ts"
      }`;
    case "helper":
      return `check the image's name; if it is private, keep the login in Docker's config.json: ` +
        `Homeport cannot ask the credential helper "${login.helper}"`;
  }
}
