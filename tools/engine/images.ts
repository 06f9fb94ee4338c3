/** Two small images that run and differ, made on this machine, so that no image registry is needed. */
import { join } from "node:path";
import { tarArchive, type TarEntry } from "../../lib/engine/tar.ts";
import { type DockerApi, DockerApiError } from "./docker_api.ts";
import { unpackPackages } from "./packages.ts";
import { type Log, run } from "./run.ts";

export interface TestImages {
  readonly one: string;
  readonly two: string;
}

/** No registry of that name exists, so that nobody ever pulls these by accident. */
const REPOSITORY = "homeport.local/busybox";
export const TEST_IMAGES: TestImages = { one: `${REPOSITORY}:1`, two: `${REPOSITORY}:2` };

/** Where no busybox can be had, two releases of the public image serve. */
const PUBLIC_IMAGES = ["busybox:1.36", "busybox:1.37"] as const;

export interface PreparedImages {
  readonly images: TestImages;
  /** Those that were not on the engine before. */
  readonly made: readonly string[];
}

/** Puts the images on the engine, where they are not there yet. */
export async function prepareImages(
  api: DockerApi,
  log: Log,
): Promise<PreparedImages | { readonly missing: string }> {
  const absent: string[] = [];
  for (const image of [TEST_IMAGES.one, TEST_IMAGES.two]) {
    if (!await hasImage(api, image)) absent.push(image);
  }
  if (absent.length === 0) return { images: TEST_IMAGES, made: [] };
  const busybox = await findStaticBusybox(log);
  for (const image of absent) {
    const tag = image.split(":")[1]!;
    if ("path" in busybox) await importImage(api, busybox.path, tag);
    else {
      const failure = await pullImage(api, PUBLIC_IMAGES[tag === "1" ? 0 : 1], tag);
      if (failure !== undefined) return { missing: `no image to run: ${busybox.missing}; ${failure}` };
    }
  }
  return { images: TEST_IMAGES, made: absent };
}

export async function removeImages(api: DockerApi, images: readonly string[]): Promise<void> {
  for (const image of images) {
    try {
      await (await api.request("DELETE", `/images/${image}`, { query: { force: "true" } })).body?.cancel();
    } catch (error) {
      if (!(error instanceof DockerApiError)) throw error;
    }
  }
}

async function hasImage(api: DockerApi, image: string): Promise<boolean> {
  try {
    await api.get(`/images/${image}/json`);
    return true;
  } catch (error) {
    if (error instanceof DockerApiError && error.status === 404) return false;
    throw error;
  }
}

async function importImage(api: DockerApi, busybox: string, tag: string): Promise<void> {
  const applets = (await run(busybox, ["--list"])).stdout.trim().split("\n").filter((name) =>
    name !== "busybox"
  );
  const entries: TarEntry[] = [
    { type: "directory", name: "bin", mode: 0o755 },
    { name: "bin/busybox", content: await Deno.readFile(busybox), mode: 0o755 },
    ...applets.map((name): TarEntry => ({ type: "symlink", name: `bin/${name}`, linkname: "busybox" })),
    { type: "directory", name: "etc", mode: 0o755 },
    { name: "etc/passwd", content: "root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n" },
    { name: "etc/group", content: "root:x:0:\nuser:x:1000:\n" },
    { type: "directory", name: "tmp", mode: 0o1777 },
  ];
  const changes = [
    `ENV PATH=/bin IMAGE_TAG=${tag}`,
    // PID 1 has no default action for a signal: without the trap every stop would take the whole grace period.
    `CMD ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]`,
  ];
  const response = await api.request("POST", "/images/create", {
    query: { fromSrc: "-", repo: REPOSITORY, tag, changes },
    headers: { "content-type": "application/x-tar" },
    body: await tarArchive(entries),
  });
  const failure = failureIn(await response.text());
  if (failure !== undefined) throw new Error(`Cannot import ${REPOSITORY}:${tag}: ${failure}`);
}

async function pullImage(api: DockerApi, image: string, tag: string): Promise<string | undefined> {
  const [fromImage, fromTag] = image.split(":");
  try {
    const response = await api.request("POST", "/images/create", {
      query: { fromImage: fromImage!, tag: fromTag! },
    });
    const failure = failureIn(await response.text());
    if (failure !== undefined) return failure;
    await (await api.request("POST", `/images/${image}/tag`, { query: { repo: REPOSITORY, tag } })).body
      ?.cancel();
    return undefined;
  } catch (error) {
    if (error instanceof DockerApiError) return error.message;
    throw error;
  }
}

/** Of the machine where it has one, else from its package: it must not need libraries, for the image has none. */
async function findStaticBusybox(
  log: Log,
): Promise<{ readonly path: string } | { readonly missing: string }> {
  for (const path of ["/bin/busybox", "/usr/bin/busybox"]) if (await isStaticProgram(path)) return { path };
  const [unpacked] = await unpackPackages(["busybox"], log);
  if ("missing" in unpacked!) return unpacked;
  for (const path of ["bin/busybox", "usr/bin/busybox"].map((each) => join(unpacked!.root, each))) {
    if (await isStaticProgram(path)) return { path };
  }
  return { missing: "the package busybox-static holds no busybox" };
}

/** A program that needs libraries names its loader (`/lib64/ld-…`) within its first page. */
async function isStaticProgram(path: string): Promise<boolean> {
  using file = await Deno.open(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (file === undefined) return false;
  const page = new Uint8Array(4096);
  const length = await file.read(page) ?? 0;
  const text = new TextDecoder("latin1").decode(page.subarray(0, length));
  return text.startsWith("\x7fELF") && !text.includes("/ld-");
}

/** Image calls answer 200 and say in their stream of JSON lines that they failed. */
export function failureIn(stream: string): string | undefined {
  for (const line of stream.split("\n").filter((each) => each.trim() !== "")) {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null && "error" in parsed) return String(parsed.error);
  }
  return undefined;
}
