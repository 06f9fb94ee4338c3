/** Platforms as containers know them: `linux/arm64`, `linux/arm/v7`, or an architecture alone. */
interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
}

interface ImagePlatform {
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
}

export function matchesPlatform(image: ImagePlatform, platform: string): boolean {
  const actual = normalize({ os: image.Os, architecture: image.Architecture, variant: image.Variant ?? "" });
  const wanted = parsePlatform(platform, actual);
  return wanted.os === actual.os && wanted.architecture === actual.architecture &&
    wanted.variant === actual.variant;
}

export interface PlatformParts {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Processors that also run what was made for a smaller one. */
const ALSO_RUNS: Readonly<Record<string, string>> = { amd64: "386", arm64: "arm" };

/** Whether an image for one of the platforms serves. A variant counts only where one is wanted; the engine has the last word. */
export function isOffered(platforms: readonly PlatformParts[], wanted: string): boolean {
  return platforms.some(({ os, architecture, variant = "" }) => {
    const has = normalize({ os, architecture, variant });
    const wants = parsePlatform(wanted, has);
    if (wants.os !== has.os) return false;
    if (wanted.split("/").length > 2) {
      return wants.architecture === has.architecture && wants.variant === has.variant;
    }
    return wants.architecture === has.architecture || ALSO_RUNS[wants.architecture] === has.architecture;
  });
}

const OPERATING_SYSTEMS = ["linux", "windows", "darwin", "macos", "freebsd"];

/** What is left out is as the image has it. */
function parsePlatform(platform: string, image: Platform): Platform {
  const [first = "", second, third = ""] = platform.toLowerCase().split("/");
  if (second !== undefined) return normalize({ os: first, architecture: second, variant: third });
  if (OPERATING_SYSTEMS.includes(first)) return normalize({ ...image, os: first });
  return normalize({ os: image.os, architecture: first, variant: "" });
}

/** Several names are in use for the same processor; the variant that everyone means is left out. */
function normalize({ os, architecture, variant }: Platform): Platform {
  const system = os.toLowerCase() === "macos" ? "darwin" : os.toLowerCase();
  const [name, implied] = processor(architecture.toLowerCase(), variant.toLowerCase());
  return { os: system, architecture: name, variant: implied };
}

function processor(architecture: string, variant: string): [name: string, variant: string] {
  switch (architecture) {
    case "i386":
      return ["386", ""];
    case "x86_64":
    case "x86-64":
    case "amd64":
      return ["amd64", variant === "v1" ? "" : variant];
    case "aarch64":
    case "arm64":
      return ["arm64", variant === "8" || variant === "v8" ? "" : variant];
    case "armhf":
      return ["arm", "v7"];
    case "armel":
      return ["arm", "v6"];
    case "arm":
      return ["arm", variant === "" ? "v7" : `v${variant.replace(/^v/, "")}`];
    default:
      return [architecture, variant];
  }
}
