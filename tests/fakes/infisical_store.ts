/** What an Infisical server holds, and how it answers for a folder of it. */

export interface StoredProject {
  readonly id: string;
  readonly slug: string;
  /** By the slug of the environment, then by the folder's path. Tests may change them. */
  readonly environments: Record<string, Record<string, StoredFolder>>;
}

export interface StoredFolder {
  readonly secrets: Readonly<Record<string, string>>;
  /** Overrides that a person made for themselves. */
  readonly personal?: Readonly<Record<string, string>>;
  /** In their order in Infisical's pages: the last one wins. */
  readonly imports?: readonly { readonly environment: string; readonly path: string }[];
  /** The machine identity may not read the folder at all, or may see its names and not its values. */
  readonly access?: "none" | "names";
}

type Query = Readonly<Record<string, string>>;
type Folders = Record<string, StoredFolder>;

const HIDDEN = "<hidden-by-infisical>";
const DEPTH = 10;

/** A folder that does not exist answers as an empty one does; only a recursive question knows whether there is such an environment. */
export function listFolder(project: StoredProject, query: Query): { status: number; body: unknown } {
  const environment = query["environment"]!;
  const path = (query["secretPath"] ?? "/").replace(/(.)\/$/, "$1");
  const recursive = query["recursive"] === "true";
  const folders: Folders = project.environments[environment] ?? {};
  if (recursive && project.environments[environment] === undefined) {
    const message = `Environment with slug '${environment}' in project with ID ${project.id} not found`;
    return { status: 404, body: { reqId: "req-1", statusCode: 404, message, error: "NotFoundError" } };
  }
  const paths = Object.keys(folders).filter((each) => each === path || (recursive && isBelow(each, path)));
  if (paths.some((each) => folders[each]!.access === "none")) {
    const message = "You are not allowed to readValue on secrets";
    return {
      status: 403,
      body: { reqId: "req-1", statusCode: 403, message, error: "PermissionDenied", details: [] },
    };
  }
  const secrets = paths.flatMap((each) => secretsOf(project, environment, each, query));
  const imports = query["include_imports"] !== "true"
    ? []
    : paths.flatMap((each) => folders[each]!.imports ?? []).map((each) => ({
      secretPath: each.path,
      environment: each.environment,
      folderId: crypto.randomUUID(),
      secrets: importedFrom(project, each, query),
    }));
  return { status: 200, body: { secrets, imports } };
}

/** Those of the folder itself, then those that it imports in its turn. */
function importedFrom(
  project: StoredProject,
  from: { readonly environment: string; readonly path: string },
  query: Query,
  depth = 0,
): { readonly secretKey: string }[] {
  const folder = project.environments[from.environment]?.[from.path];
  if (folder === undefined || depth > DEPTH) return [];
  const own = secretsOf(project, from.environment, from.path, query).filter(({ type }) => type === "shared");
  const deeper = (folder.imports ?? []).flatMap((each) => importedFrom(project, each, query, depth + 1));
  return [...own, ...deeper.filter(({ secretKey }) => !own.some((each) => each.secretKey === secretKey))];
}

function secretsOf(project: StoredProject, environment: string, path: string, query: Query) {
  const { secrets, personal = {}, access } = project.environments[environment]![path]!;
  const expand = query["expandSecretReferences"] === "true";
  const written = (type: string) => ([secretKey, value]: [string, string]) => ({
    id: crypto.randomUUID(),
    _id: crypto.randomUUID(),
    workspace: project.id,
    environment,
    version: 1,
    type,
    secretKey,
    secretValue: access === "names"
      ? HIDDEN
      : expand
      ? expandValue(project, environment, path, value)
      : value,
    secretComment: "",
    secretValueHidden: access === "names",
    secretPath: path,
    createdAt: "2025-01-01T00:00:00.000Z",
    updatedAt: "2025-01-01T00:00:00.000Z",
  });
  return [
    ...Object.entries(secrets).map(written("shared")),
    ...Object.entries(personal).map(written("personal")),
  ];
}

/** `${NAME}` is of the same folder, `${environment.folder.NAME}` of another; one that leads nowhere stays as it is written. */
function expandValue(
  project: StoredProject,
  environment: string,
  path: string,
  value: string,
  depth = 0,
): string {
  if (depth > DEPTH) return value;
  return value.replace(/\$\{([a-zA-Z0-9-_.]+)\}/g, (reference, inner: string) => {
    const parts = inner.split(".");
    const [at, folder] = parts.length === 1
      ? [environment, path]
      : [parts[0]!, `/${parts.slice(1, -1).join("/")}`];
    const found = project.environments[at]?.[folder]?.secrets[parts.at(-1)!];
    return found ? expandValue(project, at, folder, found, depth + 1) : reference;
  });
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === "/" ? "/" : `${folder}/`);
}
