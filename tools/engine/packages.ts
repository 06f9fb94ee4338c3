/**
 * Programs from Debian's packages, unpacked into a cache folder: nothing is installed, and the machine's list of packages stays as it
 * is. Works for any user; needs apt, and a network the first time.
 */
import { join } from "node:path";
import { type DebianArchive, findDebianArchive, sourceLine } from "./apt_sources.ts";
import { type Log, run } from "./run.ts";

interface PackageSet {
  /** `sid`: Docker as new as the reference. `stable`: of the machine's own release, for what needs its C library or its kernel's tools. */
  readonly suite: "sid" | "stable";
  readonly packages: readonly string[];
}

const SETS = {
  engine: { suite: "sid", packages: ["docker.io", "containerd", "tini-static"] },
  runtime: { suite: "stable", packages: ["runc", "iptables"] },
  reference: { suite: "sid", packages: ["docker-cli", "docker-compose", "docker-buildx"] },
  registry: { suite: "sid", packages: ["docker-registry"] },
  busybox: { suite: "sid", packages: ["busybox-static"] },
  git: { suite: "stable", packages: ["git"] },
} as const satisfies Record<string, PackageSet>;

export type PackageSetName = keyof typeof SETS;

/** A set that is unpacked, or why it cannot be had. */
export type Unpacked = { readonly root: string } | { readonly missing: string };

/** Gives the folder that a set of packages is unpacked in; fetches what is not there yet. */
export async function unpackPackages(names: readonly PackageSetName[], log: Log): Promise<Unpacked[]> {
  const cache = cacheFolder();
  const results: Unpacked[] = [];
  const updated = new Set<string>();
  for (const name of names) {
    const root = join(cache, name);
    if (await exists(root)) results.push({ root });
    else results.push(await fetchSet(cache, name, updated, log));
  }
  return results;
}

/** `$XDG_CACHE_HOME/homeport/engine`, by default below `~/.cache`. */
export function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") || "/root", ".cache");
  return join(home, "homeport", "engine");
}

async function fetchSet(
  cache: string,
  name: PackageSetName,
  updated: Set<string>,
  log: Log,
): Promise<Unpacked> {
  const { suite, packages }: PackageSet = SETS[name];
  const debian = await findDebian();
  if ("missing" in debian) return debian;
  log(`fetching packages (once, into ${cache}): ${packages.join(", ")}`);
  // Another run may be fetching the same: each works in a folder of its own, and the first to be done gives it its name.
  await Deno.mkdir(cache, { recursive: true });
  const work = await Deno.makeTempDir({ dir: cache, prefix: `.${name}-` });
  try {
    const options = await aptOptions(cache, debian, suite);
    if (!updated.has(suite)) {
      const update = await run("apt-get", [...options, "-qq", "update"]);
      if (update.code !== 0) return missing("apt-get update", update.stderr);
      updated.add(suite);
    }
    const download = suite === "sid"
      ? await run("apt-get", [...options, "-qq", "download", ...packages], { cwd: work })
      : await downloadWithDependencies(options, work, packages);
    if (download.code !== 0) return missing(`download of ${packages.join(", ")}`, download.stderr);
    await unpackAll(work, join(work, "root"));
    const root = join(cache, name);
    await Deno.rename(join(work, "root"), root).catch(async (error) => {
      if (!await exists(root)) throw error;
    });
    return { root };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Libraries that the machine has already are left out. */
async function downloadWithDependencies(
  options: readonly string[],
  folder: string,
  packages: readonly string[],
): ReturnType<typeof run> {
  await Deno.mkdir(join(folder, "partial"));
  const own = ["-o", `Dir::Cache::archives=${folder}`, "-o", "Debug::NoLocking=1"];
  const flags = ["-qq", "-y", "--no-install-recommends", "--download-only", "--reinstall"];
  return await run("apt-get", [...options, ...own, ...flags, "install", ...packages]);
}

async function unpackAll(folder: string, root: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".deb")) continue;
    const { code, stderr } = await run("dpkg", ["-x", join(folder, name), root]);
    if (code !== 0) throw new Error(`Cannot unpack ${name}: ${stderr}`);
  }
}

interface Debian {
  readonly archive: DebianArchive;
  readonly codename: string;
}

async function findDebian(): Promise<Debian | { readonly missing: string }> {
  const release = await Deno.readTextFile("/etc/os-release").catch(() => "");
  if (Deno.build.os !== "linux" || !/^ID="?debian"?$/m.test(release)) {
    return { missing: "its programs come from Debian's packages, and this machine is not Debian" };
  }
  const codename = /^VERSION_CODENAME="?(\w+)"?$/m.exec(release)?.[1];
  const archive = findDebianArchive(await aptConfiguration());
  if (codename === undefined || archive === undefined) {
    return { missing: "no Debian archive stands in /etc/apt/sources.list or /etc/apt/sources.list.d" };
  }
  return { archive, codename };
}

async function aptConfiguration(): Promise<string[]> {
  const folder = "/etc/apt/sources.list.d";
  const names: string[] = [];
  if (await exists(folder)) { for await (const { name } of Deno.readDir(folder)) names.push(name); }
  const files = names.filter((name) => /\.(list|sources)$/.test(name)).sort().map((name) =>
    join(folder, name)
  );
  return await Promise.all(
    ["/etc/apt/sources.list", ...files].map((file) => Deno.readTextFile(file).catch(() => "")),
  );
}

/** Lists and caches of our own, so that neither root nor a lock is needed, and the machine's apt sees nothing of other suites. */
async function aptOptions(
  cache: string,
  { archive, codename }: Debian,
  suite: PackageSet["suite"],
): Promise<string[]> {
  const folder = join(cache, ".apt", suite);
  await Deno.mkdir(join(folder, "lists", "partial"), { recursive: true });
  const list = join(folder, "sources.list");
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const signed = archive.signedBy === undefined && await exists(keyring)
    ? { ...archive, signedBy: keyring }
    : archive;
  await Deno.writeTextFile(list, `${sourceLine(signed, suite === "sid" ? "sid" : codename)}\n`);
  const values = {
    "Dir::Etc::SourceList": list,
    "Dir::Etc::SourceParts": "/nonexistent",
    "Dir::State::Lists": join(folder, "lists"),
    "Dir::Cache": folder,
    "APT::Sandbox::User": "",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

function missing(what: string, stderr: string): { readonly missing: string } {
  const line = stderr.split("\n").filter((each) => each.startsWith("E:")).at(0) ??
    stderr.trim().split("\n").at(-1);
  return { missing: `${what} failed: ${line}` };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
