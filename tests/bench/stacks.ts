/** Stacks like those of a home server, as many as a benchmark wants. */
import { dirname, join } from "node:path";
import git from "isomorphic-git";
import * as fs from "node:fs";

/** Every stack is a web application with a mounted configuration, and its database with a volume. */
export const SERVICES_PER_STACK = 2;

export interface StackOptions {
  readonly image: string;
  /** Becomes part of every name, so that two benchmarks do not meet on one engine. */
  readonly prefix: string;
  /** With a network of its own, as Compose makes one by default, on a small subnet: an engine has few large ones. */
  readonly network: boolean;
  /** How many variables `SECRET_<n>` each uses that no file of its own gives. Default: none. */
  readonly secretsPerStack?: number;
}

export function stackFiles(
  index: number,
  { image, prefix, network, secretsPerStack = 0 }: StackOptions,
): Record<string, string> {
  const secrets = Array.from({ length: secretsPerStack }, (_, nth) => {
    const secret = `SECRET_${index * secretsPerStack + nth}`;
    return `      ${secret}: \${${secret}}\n`;
  }).join("");
  const name = stackName(prefix, index);
  const subnet = `10.${120 + Math.floor(index / 250)}.${index % 250}.0/28`;
  return {
    [`${name}/compose.yml`]: `
x-defaults: &defaults
  restart: unless-stopped
  stop_signal: SIGKILL
  logging: { driver: json-file, options: { max-size: 10m, max-file: "3" } }
${network ? "" : "  network_mode: none\n"}
services:
  app:
    <<: *defaults
    image: ${image}
    command: sleep 86400
    environment:
      TZ: \${TZ:-Etc/UTC}
      PUID: \${PUID}
      DB_URL: postgres://app:\${DB_PASSWORD}@db:5432/app
${secrets}    env_file: app.env
    labels:
      traefik.enable: "true"
      traefik.http.routers.${name}.rule: Host(\`${name}.\${DOMAIN}\`)
    volumes:
      - ./config:/config:ro
      - data:/data
    depends_on:
      - db
  db:
    <<: *defaults
    image: ${image}
    command: sleep 86400
    environment:
      POSTGRES_PASSWORD: \${DB_PASSWORD}
    volumes:
      - db:/var/lib/postgresql/data
${network ? `networks:\n  default:\n    ipam: { config: [{ subnet: ${subnet} }] }\n` : ""}
volumes:
  data:
  db:
`,
    [`${name}/.env`]: `DOMAIN=home.example.org\nDB_PASSWORD=secret-${index}\nPUID=1000\n`,
    [`${name}/app.env`]: `LOG_LEVEL=info\nWORKERS=2\nINDEX=${index}\n`,
    [`${name}/config/app.toml`]: `title = "${name}"\nport = ${8000 + index}\n`,
  };
}

export function stackName(prefix: string, index: number): string {
  return `${prefix}-${String(index).padStart(3, "0")}`;
}

/** A repository with so many stacks below `servers/bench`. */
export async function makeRepository(dir: string, count: number, options: StackOptions): Promise<void> {
  await git.init({ fs, dir, defaultBranch: "main" });
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    for (const [name, content] of Object.entries(stackFiles(index, options))) {
      const filepath = join("servers/bench", name);
      await Deno.mkdir(dirname(join(dir, filepath)), { recursive: true });
      await Deno.writeTextFile(join(dir, filepath), content);
      paths.push(filepath);
    }
  }
  await git.add({ fs, dir, filepath: paths });
  await git.commit({ fs, dir, message: "stacks", author: { name: "Bench", email: "bench@example.org" } });
}

/** Commits another value of a variable of one stack's `app`. */
export async function changeStack(dir: string, index: number, { prefix }: StackOptions): Promise<void> {
  const filepath = join("servers/bench", stackName(prefix, index), "app.env");
  const content = await Deno.readTextFile(join(dir, filepath));
  await Deno.writeTextFile(join(dir, filepath), `${content}PUSH_${content.length}=1\n`);
  await git.add({ fs, dir, filepath });
  await git.commit({ fs, dir, message: "change", author: { name: "Bench", email: "bench@example.org" } });
}
