/** What a process takes, as Linux tells. */
export interface Sample {
  /** Bytes. */
  readonly resident: number;
  readonly descriptors: number;
}

export async function measureProcess(pid: number): Promise<Sample> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kibibytes = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  return { resident: kibibytes * 1024, descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
