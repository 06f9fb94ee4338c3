import { ConfigurationError, HomeportError } from "../errors.ts";

/** A folder that is checked out as another commit has it. */
export interface Pin {
  /** Relative to the repository's top, `/`-separated. */
  readonly path: string;
  /** Full commit ID; where it is asked for, an abbreviated one serves too. */
  readonly commit: string;
}

/** Sorted by path, without slashes at the end. Of pins that lie in each other the inner one counts. */
export function checkedPins(pins: readonly Pin[]): Pin[] {
  const checked = new Map<string, Pin>();
  for (const { path, commit } of pins) {
    const folder = path.replace(/\/+$/, "");
    const parts = folder.split("/");
    if (parts.some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git")) {
      throw new ConfigurationError(
        `Cannot hold ${JSON.stringify(path)} at commit ${commit}: it is no folder of the repository`,
        {
          hint: "name a folder relative to the repository's top, such as servers/helium/web",
        },
      );
    }
    const other = checked.get(folder);
    if (other !== undefined && other.commit !== commit) {
      throw new HomeportError(`Cannot hold ${folder} at two commits, ${other.commit} and ${commit}`, {
        hint: "hold it at one of them",
      });
    }
    checked.set(folder, { path: folder, commit });
  }
  return [...checked.values()].sort((a, b) => a.path < b.path ? -1 : 1);
}

export function samePins(some: readonly Pin[], others: readonly Pin[]): boolean {
  return some.length === others.length &&
    some.every(({ path, commit }, at) => others[at]!.path === path && others[at]!.commit === commit);
}

/** The innermost pin that a path lies in, or is. */
export function pinOf(pins: readonly Pin[], path: string): Pin | undefined {
  const around = pins.filter((pin) => path === pin.path || path.startsWith(`${pin.path}/`));
  return around.reduce<Pin | undefined>(
    (inner, pin) => inner === undefined || pin.path.length > inner.path.length ? pin : inner,
    undefined,
  );
}
