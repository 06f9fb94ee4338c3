import { HomeportError, type Location } from "../../errors.ts";

/** Says what is wrong with a file, and never what it holds. What threw before is left out: it may quote the file. */
export class SopsError extends HomeportError {
  constructor(message: string, hint: string, location?: Location) {
    super(message, { hint, location, consequence: "wait", exitCode: 2 });
  }
}

/** The place in a file that a step works on. */
export interface SopsPlace {
  readonly file: string;
  readonly line?: number | undefined;
}

export function sopsError(message: string, hint: string, { file, line }: SopsPlace): SopsError {
  return new SopsError(message, hint, { file, ...(line !== undefined && { line }) });
}
