import { shortCommit } from "../reconcile/short_commit.ts";

/** `1 stack`, `2 stacks` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `0.4 s`, `2 min 5 s` */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `2025-06-01 12:30`, of a time in UTC. */
export function formatTime(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

/** `0 B`, `12.3 MB`, in thousands as Docker counts them. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[power]}`;
}

export function formatReturn({ to, reason }: { readonly to: string; readonly reason: string }): string {
  return `going back to ${shortCommit(to)}: ${reason}`;
}
