/** The repository of the demo: three stacks of a host, and the commits of a week in two minutes. */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import git from "isomorphic-git";
import type { TestImages } from "../engine/images.ts";

export const HOST = "helium";
/** Compose projects of these names are the demo's own. */
export const STACKS = ["demo-notes", "demo-photos", "demo-web"] as const;

export type Files = Readonly<Record<string, string>>;

export interface DemoRepository {
  readonly folder: string;
  /** Writes files, removes those that are `undefined`, and commits. Gives the first characters of the commit's ID. */
  commit(message: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
}

export async function makeDemoRepository(folder: string): Promise<DemoRepository> {
  await git.init({ fs, dir: folder, defaultBranch: "main" });
  return {
    folder,
    commit: async (message, files) => {
      for (const [filepath, content] of Object.entries(files)) {
        const path = join(folder, filepath);
        if (content === undefined) {
          await Deno.remove(path);
          await git.remove({ fs, dir: folder, filepath });
        } else {
          await Deno.mkdir(dirname(path), { recursive: true });
          await Deno.writeTextFile(path, content);
          await git.add({ fs, dir: folder, filepath });
        }
      }
      const author = { name: "Demo", email: "demo@example.org" };
      return (await git.commit({ fs, dir: folder, message, author })).slice(0, 7);
    },
  };
}

export function pathOf(stack: typeof STACKS[number], file: string): string {
  return `servers/${HOST}/${stack}/${file}`;
}

export function firstFiles(images: TestImages, port: number): Files {
  return {
    [`servers/${HOST}/stack.yml`]: "startup_order: [demo-web]\nenvs:\n  GREETING: hello\n",
    [pathOf("demo-web", "compose.yml")]: webStack(images, port),
    [pathOf("demo-web", "index.html")]: page("Hello from the first commit"),
    [pathOf("demo-photos", "compose.yml")]: photosStack(images),
    [pathOf("demo-photos", ".env")]: "ALBUMS=3\n",
    [pathOf("demo-notes", "compose.yml")]: notesStack(images.one),
  };
}

/** Another page for the web server, another image for the notes: two of four containers. */
export function secondFiles(images: TestImages): Files {
  return {
    [pathOf("demo-web", "index.html")]: page("Hello from the second commit"),
    [pathOf("demo-notes", "compose.yml")]: notesStack(images.two),
  };
}

function webStack(images: TestImages, port: number): string {
  return `services:
  server:
    image: ${images.one}
    command: httpd -f -p 8080 -h /www
    ports:
      - "127.0.0.1:${port}:8080"
    volumes:
      - ./index.html:/www/index.html:ro
    environment:
      GREETING: \${GREETING}
    stop_grace_period: 1s
`;
}

function photosStack(images: TestImages): string {
  return `services:
  app:
    image: ${images.one}
    environment:
      ALBUMS: \${ALBUMS:-1}
    depends_on:
      database:
        condition: service_healthy
    stop_grace_period: 1s
  database:
    image: ${images.one}
    volumes:
      - data:/data
    healthcheck:
      test: test -d /data
      interval: 1s
    stop_grace_period: 1s
volumes:
  data:
`;
}

function notesStack(image: string): string {
  return `services:
  notes:
    image: ${image}
    network_mode: none
    stop_grace_period: 1s
`;
}

function page(text: string): string {
  return `<h1>${text}</h1>\n`;
}
