import { getCounters } from "./get-counters.ts";

export const inboxOperations = { getCounters };
