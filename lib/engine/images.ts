import type { ImageDetails } from "./answers.ts";
import { isStatus } from "./request_error.ts";
import { request, type Run } from "./run.ts";

/** An image of this engine, by its name or ID. */
export async function findImage(run: Run, image: string): Promise<ImageDetails | undefined> {
  try {
    return await request<ImageDetails>(run, { method: "GET", path: `/images/${image}/json` });
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
