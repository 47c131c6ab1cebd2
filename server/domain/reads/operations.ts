import { moveRead } from "./move-read.ts";

export const readOperations = { move: moveRead };
