import { failureOf } from "../problem.ts";
import type { AnswerOf, useTRPCClient } from "../trpc.ts";

export type Client = ReturnType<typeof useTRPCClient>;

/** That many come as fast as they can; the others so slowly that a person's rate has room for what the pages ask meanwhile. */
const FAST_PARTS = 100;
const SLOW_PART_MS = 100;
const TRIES = 6;
const LONGEST_PAUSE_MS = 8_000;
/** What passes by itself; without a code the answer was lost. */
const passing: readonly (string | undefined)[] = [undefined, "rate_limited", "unavailable"];

interface Watch {
  signal: AbortSignal;
  /** Called with how much of the file has come, 0 to 1. */
  onPart: (share: number) => void;
}

/** Fetches a file part by part and hands it to the browser, unless it is stopped before. */
export async function saveTaskFile(
  client: Client,
  taskId: string,
  { signal, onPart }: Watch,
): Promise<"saved" | "stopped"> {
  const bodies: string[] = [];
  let name = "";
  for (let part = 1, parts = 1; part <= parts; part++) {
    if (part > FAST_PARTS) await pause(SLOW_PART_MS);
    const got = await fetchPart(client, { taskId, part }, signal);
    if (!got || signal.aborted) return "stopped";
    bodies.push(got.body);
    ({ name, parts } = got);
    onPart(part / parts);
  }
  const address = URL.createObjectURL(new Blob(bodies, { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return "saved";
}

/** The same part again after what passes, so that nobody begins anew with the first one. */
async function fetchPart(
  client: Client,
  asked: { taskId: string; part: number },
  signal: AbortSignal,
): Promise<AnswerOf<"tasks.download"> | undefined> {
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await client.tasks.download.query(asked, { signal });
    } catch (error) {
      if (signal.aborted) break;
      if (tries >= TRIES || !passing.includes(failureOf(error).code)) throw error;
      await pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** tries));
    }
  }
  return undefined;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
