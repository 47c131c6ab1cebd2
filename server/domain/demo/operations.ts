import { getDemo } from "./get-demo.ts";

export const demoOperations = { get: getDemo };
