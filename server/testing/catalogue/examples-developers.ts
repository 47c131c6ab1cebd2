import type { Example } from "./examples.ts";
import { byAdmin, noInput } from "./examples-callers.ts";

export const developerExamples = {
  "requests.list": {
    input: () => ({ outcome: "failed", operation: "nothing" }),
    callers: byAdmin,
    changes: [],
    foreign: {},
  },
  "frames.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "requests.summarize": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
} satisfies Partial<Record<string, Example>>;
