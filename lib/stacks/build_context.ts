/** What kind of thing a build's context is: a folder, another service's image, or something that the engine fetches. */

const SERVICE = "service:";

/** A folder's path is absolute once the file is loaded. */
export function isFolderContext(context: string): boolean {
  return context.startsWith("/");
}

/** Name of the service whose image an additional context is. */
export function serviceOfContext(context: string): string | undefined {
  return context.startsWith(SERVICE) ? context.slice(SERVICE.length) : undefined;
}
