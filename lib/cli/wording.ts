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

/** As Git abbreviates it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}

export function formatReturn({ to, reason }: { readonly to: string; readonly reason: string }): string {
  return `going back to ${shortCommit(to)}: ${reason}`;
}
