import { formatLocation } from "../errors.ts";
import type { StackWarning } from "../stacks/desired_stack.ts";

/** `traefik: message (file:line)` */
export function formatWarning({ stack, message, location }: StackWarning): string {
  const place = location === undefined ? "" : ` (${formatLocation(location)})`;
  return `${stack}: ${message}${place}`;
}
