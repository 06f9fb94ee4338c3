/** The keys and indices that lead to a value of a document. */
export type Path = (string | number)[];

/** Such as `services.web.ports[0]`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    return index === 0 ? part : `.${part}`;
  }).join("");
}
