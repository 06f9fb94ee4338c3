import assert from "node:assert/strict";
import {
  describeImageChange,
  isImageId,
  normalizeImage,
  parseImage,
  shortId,
} from "../../lib/plan/image_reference.ts";
import { isOffered, matchesPlatform } from "../../lib/engine/platform.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

Deno.test("every spelling of an image comes down to one", () => {
  const cases: [string, string][] = [
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1.27", "docker.io/library/nginx:1.27"],
    ["library/nginx", "docker.io/library/nginx:latest"],
    ["docker.io/nginx", "docker.io/library/nginx:latest"],
    ["docker.io/library/nginx:latest", "docker.io/library/nginx:latest"],
    ["index.docker.io/nginx", "docker.io/library/nginx:latest"],
    ["me/app", "docker.io/me/app:latest"],
    ["ghcr.io/me/app:v1", "ghcr.io/me/app:v1"],
    ["localhost/app", "localhost/app:latest"],
    ["localhost:5000/app", "localhost:5000/app:latest"],
    ["registry:5000/a/b/c:1", "registry:5000/a/b/c:1"],
    ["Registry/app", "Registry/app:latest"],
    [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
    [`nginx:1.27@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
    [`localhost:5000/app:1@${DIGEST}`, `localhost:5000/app@${DIGEST}`],
  ];
  for (const [image, expected] of cases) assert.equal(normalizeImage(image), expected, image);
});

Deno.test("an image's name has a registry, a repository, a tag and a digest", () => {
  assert.deepEqual(parseImage(`ghcr.io/me/app:v1@${DIGEST}`), {
    domain: "ghcr.io",
    repository: "me/app",
    tag: "v1",
    digest: DIGEST,
  });
  assert.deepEqual(parseImage("localhost:5000/app"), {
    domain: "localhost:5000",
    repository: "app",
    tag: undefined,
    digest: undefined,
  });
});

Deno.test("what may be an image's ID is told from a name", () => {
  assert.equal(isImageId(DIGEST), true);
  assert.equal(isImageId("46ee4ed9c01e"), true);
  assert.equal(isImageId("nginx"), false);
  assert.equal(isImageId("46ee4ed9c01e:latest"), false);
});

Deno.test("an ID or a digest is told of by its beginning, and anything else as it is", () => {
  const short = `sha256:${"a".repeat(12)}`;
  for (
    const [id, expected] of [
      [DIGEST, short],
      ["b".repeat(64), "b".repeat(12)],
      [short, short],
      ["nginx:1.27-with-a-long-tag", "nginx:1.27-with-a-long-tag"],
    ] as const
  ) {
    assert.equal(shortId(id), expected);
  }
  assert.equal(describeImageChange(undefined, DIGEST), short);
  assert.equal(describeImageChange("sha256:old", DIGEST), `sha256:old → ${short}`);
});

Deno.test("an image matches a platform whatever name its processor goes by", () => {
  const amd64 = { Os: "linux", Architecture: "amd64" };
  const arm64 = { Os: "linux", Architecture: "arm64", Variant: "v8" };
  const armv7 = { Os: "linux", Architecture: "arm", Variant: "v7" };
  const cases: [typeof arm64 | typeof amd64, string, boolean][] = [
    [amd64, "linux/amd64", true],
    [amd64, "linux/x86_64", true],
    [amd64, "amd64", true],
    [amd64, "linux", true],
    [amd64, "linux/arm64", false],
    [amd64, "windows/amd64", false],
    [arm64, "linux/arm64", true],
    [arm64, "linux/arm64/v8", true],
    [arm64, "aarch64", true],
    [arm64, "linux", true],
    [armv7, "linux/arm/v7", true],
    [armv7, "linux/arm", true],
    [armv7, "linux/arm/v6", false],
    [armv7, "linux/armhf", true],
  ];
  for (const [image, platform, expected] of cases) {
    assert.equal(matchesPlatform(image, platform), expected, `${image.Architecture} as ${platform}`);
  }
});

Deno.test("an image is offered for a platform that it has, or that runs what it has", () => {
  const cases: [has: string, wanted: string, expected: boolean][] = [
    ["linux/amd64", "linux/amd64", true],
    ["linux/arm64", "linux/amd64", false],
    ["windows/amd64", "linux/amd64", false],
    ["linux/386", "linux/amd64", true],
    ["linux/amd64", "linux/386", false],
    ["linux/arm64/v8", "linux/arm64", true],
    ["linux/arm64", "linux/aarch64", true],
    ["linux/arm/v7", "linux/arm64", true],
    ["linux/arm/v6", "linux/arm", true],
    ["linux/arm/v6", "linux/arm/v7", false],
    ["linux/arm/v7", "linux/arm/v7", true],
    ["linux/amd64", "x86_64", true],
  ];
  for (const [has, wanted, expected] of cases) {
    const [os, architecture, variant] = has.split("/");
    const platform = { os: os!, architecture: architecture!, ...(variant !== undefined && { variant }) };
    assert.equal(isOffered([platform], wanted), expected, `${has} for ${wanted}`);
  }
});
