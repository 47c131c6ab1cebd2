import { listFrames } from "./list-frames.ts";

export const frameOperations = { list: listFrames };
