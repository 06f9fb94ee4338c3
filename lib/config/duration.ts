export { findMilliseconds } from "../stacks/duration.ts";
