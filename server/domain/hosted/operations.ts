import { getHosted } from "./get-hosted.ts";

export const hostedOperations = { get: getHosted };
