/** What marks a host's deployments on the engine, unless the configuration says otherwise: `helium@git.example.org/me/homelab`. */
export function defaultInstance(host: string, url: string): string {
  return `${host}@${repositoryName(url)}`;
}

/** The URL without what may change though the repository stays: scheme, user, capitals of the server's name, `.git`. */
function repositoryName(url: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)(\/.*)?$/i.exec(url);
  const server = (match?.[1] ?? "").replace(/^.*@/, "").toLowerCase();
  const path = match === null ? url : match[2] ?? "";
  return (server + path).replace(/\/+$/, "").replace(/\.git$/, "").replace(/\/+$/, "");
}
