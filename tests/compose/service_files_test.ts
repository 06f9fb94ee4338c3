import assert from "node:assert/strict";
import { loadProject } from "../../lib/compose/load.ts";
import { serviceFilesOf } from "../../lib/compose/service_files.ts";
import { memoryFiles } from "./disk_files.ts";

const COMPOSE = `
services:
  web:
    image: x
    volumes:
      - ./conf/../conf/:/conf
      - ../shared/file.txt:/file:ro
      - /etc/localtime:/etc/localtime
      - named:/named
      - bound:/bound
      - {type: tmpfs, target: /t}
      - /anonymous
    configs:
      - {source: inline, target: /etc/app.conf, uid: "5", mode: 0440}
      - from_file
      - blank
    secrets:
      - token
      - {source: from_file, target: renamed}
  other: {image: x, volumes: ["./conf:/conf"]}
  none: {image: x}
volumes:
  named:
  bound: {driver: local, driver_opts: {type: none, o: bind, device: ./bound}}
configs:
  inline: {content: text}
  from_file: {file: ./app.conf}
  blank: {environment: BLANK}
secrets:
  token: {environment: TOKEN}
  from_file: {file: /run/host-secret}
`;

const files = memoryFiles({
  "/repo/web/compose.yml": COMPOSE,
  "/repo/web/app.conf": "",
  "/repo/shared/file.txt": "",
});
const { project } = loadProject({ folder: "/repo/web", files, variables: { TOKEN: "geheim", BLANK: "" } });

Deno.test("mounted files and folders of the repository are listed, those of the machine are not", () => {
  assert.deepEqual(serviceFilesOf(project, project.services["web"]!, "/repo").paths, [
    "/repo/shared/file.txt",
    "/repo/web/app.conf",
    "/repo/web/bound",
    "/repo/web/conf",
  ]);
  assert.deepEqual(serviceFilesOf(project, project.services["other"]!, "/repo").paths, ["/repo/web/conf"]);
  assert.deepEqual(serviceFilesOf(project, project.services["other"]!, "/repo/we").paths, []);
});

Deno.test("content is listed with the place that it gets; of an empty one no file is made", () => {
  assert.deepEqual(serviceFilesOf(project, project.services["web"]!, "/repo").injected, [
    { target: "/etc/app.conf", content: "text", uid: "5", mode: 0o440 },
    { target: "/run/secrets/token", content: "geheim" },
  ]);
});

Deno.test("a service that mounts nothing has no files", () => {
  assert.deepEqual(serviceFilesOf(project, project.services["none"]!, "/repo"), { paths: [], injected: [] });
});
