import { failureOf } from "../problem.ts";
import type { AnswerOf, useTRPCClient } from "../trpc.ts";

type Client = ReturnType<typeof useTRPCClient>;

/** That many come as fast as they can; the others so slowly that a person's rate has room for what the pages ask meanwhile. */
const FAST_PARTS = 100;
const SLOW_PART_MS = 100;
const TRIES = 6;
const LONGEST_PAUSE_MS = 8_000;
/** What passes by itself; without a code the answer was lost. */
const passing: readonly (string | undefined)[] = [undefined, "rate_limited", "unavailable"];

/** Fetches a file part by part and hands it to the browser. */
export async function saveTaskFile(client: Client, taskId: string): Promise<true> {
  const bodies: string[] = [];
  let name = "";
  for (let part = 1, parts = 1; part <= parts; part++) {
    if (part > FAST_PARTS) await pause(SLOW_PART_MS);
    const got = await fetchPart(client, taskId, part);
    bodies.push(got.body);
    ({ name, parts } = got);
  }
  const address = URL.createObjectURL(new Blob(bodies, { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return true;
}

/** The same part again after what passes, so that nobody begins anew with the first one. */
async function fetchPart(client: Client, taskId: string, part: number): Promise<AnswerOf<"tasks.download">> {
  for (let tries = 1; ; tries++) {
    try {
      return await client.tasks.download.query({ taskId, part });
    } catch (error) {
      if (tries >= TRIES || !passing.includes(failureOf(error).code)) throw error;
      await pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** tries));
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
