import type { StackWarning } from "../stacks/desired_stack.ts";

/** `traefik: message (file:line)` */
export function formatWarning({ stack, message, location }: StackWarning): string {
  const place = location === undefined
    ? ""
    : ` (${[location.file, location.line].filter(Boolean).join(":")})`;
  return `${stack}: ${message}${place}`;
}
