import assert from "node:assert/strict";
import type { ContainerSummary } from "../../lib/engine/answers.ts";
import { nameOf, observedContainer } from "../../lib/engine/observe.ts";
import { PullProgress } from "../../lib/engine/pull_progress.ts";
import { hintForRefusal } from "../../lib/engine/refusal_hint.ts";
import { failure, RequestError } from "../../lib/engine/request_error.ts";
import { exitCodeOf, healthOf } from "../../lib/engine/status_text.ts";
import { takenPort } from "../../lib/engine/taken_port.ts";

Deno.test("exit code and health are read from the list's status", () => {
  const cases: [string, number | undefined, string | undefined][] = [
    ["Exited (0) 3 days ago", 0, undefined],
    ["Exited (137) Less than a second ago", 137, undefined],
    ["Exited (-1) 2 hours ago", -1, undefined],
    ["Up 5 minutes", undefined, undefined],
    ["Up 5 minutes (healthy)", undefined, "healthy"],
    ["Up About an hour (unhealthy)", undefined, "unhealthy"],
    ["Up 1 second (health: starting)", undefined, "starting"],
    ["Up 3 minutes (Paused)", undefined, undefined],
    ["Restarting (1) 5 seconds ago", undefined, undefined],
    ["Created", undefined, undefined],
    ["Dead", undefined, undefined],
    ["", undefined, undefined],
  ];
  for (const [status, exitCode, health] of cases) {
    assert.equal(exitCodeOf(status), exitCode, status);
    assert.equal(healthOf(status), health, status);
  }
});

const SUMMARY: ContainerSummary = {
  Id: "f".repeat(64),
  Names: ["/other/alias", "/web-1"],
  Image: "app:1",
  ImageID: "sha256:1",
  State: "running",
  Status: "Up 2 hours (healthy)",
  Labels: { a: "b" },
  Created: 1700000000,
  NetworkSettings: { Networks: { one: { NetworkID: "n1" }, two: { NetworkID: "" } } },
  Mounts: [{ Type: "volume", Name: "data", Destination: "/data" }, { Type: "bind", Destination: "/etc/x" }],
  Ports: [{ IP: "0.0.0.0", PublicPort: 80, Type: "tcp" }, { IP: "::", PublicPort: 80, Type: "tcp" }, {
    Type: "udp",
  }],
};

Deno.test("a container of the engine's list becomes an observed one", () => {
  assert.deepEqual(observedContainer(SUMMARY), {
    id: "f".repeat(64),
    name: "web-1",
    image: "sha256:1",
    imageReference: "app:1",
    state: "running",
    health: "healthy",
    labels: { a: "b" },
    created: 1700000000,
    networkIds: ["n1", "two"],
    mounts: [{ type: "volume", name: "data", destination: "/data" }, { type: "bind", destination: "/etc/x" }],
    publishedPorts: ["0.0.0.0:80/tcp", "[::]:80/tcp"],
  });
});

Deno.test("an exit code belongs to an exited container, and health to a running one", () => {
  const exited = observedContainer({ ...SUMMARY, State: "exited", Status: "Exited (3) 1 second ago" });
  assert.equal(exited.exitCode, 3);
  assert.equal("health" in exited, false);
  const paused = observedContainer({ ...SUMMARY, State: "paused", Status: "Up 2 hours (Paused)" });
  assert.equal("health" in paused || "exitCode" in paused, false);
});

Deno.test("a container that the engine lists half made is read all the same", () => {
  const removing = observedContainer({ ...SUMMARY, State: "removing", Labels: null, Ports: null, Names: [] });
  assert.deepEqual([removing.name, removing.labels, removing.publishedPorts], ["f".repeat(12), {}, []]);
  assert.equal(nameOf({ Id: "x", Names: ["/a/b"] }), "b");
});

Deno.test("a taken port is found in each of the engine's wordings", () => {
  const cases: [string, number | undefined][] = [
    [
      "driver failed programming external connectivity on endpoint a (b): Bind for 0.0.0.0:8080 failed: port is already allocated",
      8080,
    ],
    [
      "failed to set up container networking: driver failed: Bind for :::8080 failed: port is already allocated",
      8080,
    ],
    ["failed to bind host port for 0.0.0.0:53:172.18.0.2:53/udp: address already in use", 53],
    ["failed to bind host port 127.0.0.1:5055/tcp: address already in use", 5055],
    ["failed to bind host port for [::]:81:172.18.0.2:80/tcp: address already in use", 81],
    ["Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use", 80],
    ['OCI runtime create failed: exec: "nope": executable file not found in $PATH', undefined],
    ["Address already in use", undefined],
  ];
  for (const [message, port] of cases) assert.equal(takenPort(message), port, message);
});

Deno.test("the progress of a pull never goes back", () => {
  const progress = new PullProgress();
  const layer = (id: string, current: number, total: number) => ({
    id,
    status: "Downloading",
    progressDetail: { current, total },
  });
  assert.equal(progress.add({ status: "Pulling from library/nginx", id: "1.27" }), false);
  assert.equal(progress.add(layer("a", 50, 100)), true);
  assert.equal(progress.percent, 50);
  assert.equal(progress.add(layer("b", 0, 300)), false);
  assert.equal(progress.percent, 50);
  assert.equal(progress.add({ id: "a", status: "Download complete" }), false);
  assert.equal(progress.add(layer("b", 200, 300)), true);
  assert.equal(progress.percent, 75);
  progress.add({ id: "b", status: "Pull complete" });
  assert.equal(progress.percent, 100);
});

Deno.test("an error never shows a variable's value", () => {
  const error = (message: string) =>
    failure("Cannot create container web-1", new RequestError(400, message), {
      confidential: ["hunter22", "1"],
    });
  assert.equal(error("bad hunter22 in 1").message, "Cannot create container web-1: bad *** in 1");
  assert.equal(
    error("invalid environment variable: =pw").message,
    "Cannot create container web-1: invalid environment variable: ***",
  );
});

Deno.test("what can pass is told from what a person must mend", () => {
  const cases: readonly (readonly [status: number, message: string, consequence: string])[] = [
    [400, "x", "stalled"],
    [404, "x", "stalled"],
    [409, "x", "stalled"],
    [503, "x", "retry"],
    [500, "x", "retry"],
    [
      500,
      "failed to create task for container: mkdir /run/x: no such file or directory: unknown",
      "retry",
    ],
    [500, "failed to create task for container: OCI runtime create failed: runc create failed: x", "stalled"],
    [
      500,
      "failed to create task for container: OCI runtime create failed: container with given ID already exists",
      "retry",
    ],
    [500, "could not select device driver", "stalled"],
    [500, "mkdir /var/lib/docker/x: no space left on device", "retry"],
    [503, "OCI runtime create failed", "retry"],
  ];
  for (const [status, message, expected] of cases) {
    const error = failure("Cannot", new RequestError(status, message));
    assert.equal((error as { consequence?: string }).consequence, expected, `${status} ${message}`);
  }
});

Deno.test("the commonest refusals come with what to do", () => {
  const cases: [string, RegExp][] = [
    [
      'invalid mount config for type "bind": bind source path does not exist: /srv/x',
      /create the file or folder/,
    ],
    ["Pool overlaps with other one on this address space", /choose a subnet/],
    ["all predefined address pools have been fully subnetted", /remove unused networks/],
    ["network proxy not found", /create the network/],
    [
      `invalid mount config for type "volume": invalid mount path: 'd:/data' mount path must be absolute`,
      /longer name/,
    ],
    ["invalid volume specification: 'd:/data:ro:rw'", /longer name/],
    ['exec: "docker-init": executable file not found in $PATH', /install docker-init/],
    ["unable to find group audio: no matching entries in group file", /by its number/],
    ["path /srv is mounted on / but it is not a shared or slave mount", /make-rshared/],
    ["invalid restart policy: maximum retry count can only be used with 'on-failure'", /on-failure/],
    ['exec: "nope": executable file not found in $PATH', /command and entrypoint/],
    ['error gathering device information while adding custom device "/dev/x"', /connect the device/],
    ['could not select device driver "" with capabilities: [[gpu]]', /install the driver/],
    ["CDI device injection failed: unresolvable CDI devices vendor.com/class=a", /install the driver/],
    ["could not get container for redis: No such container: redis", /external_links/],
    ["write: no space left on device", /free some space/],
  ];
  for (const [message, hint] of cases) assert.match(hintForRefusal(message) ?? "", hint, message);
  assert.equal(hintForRefusal("something new"), undefined);
});
