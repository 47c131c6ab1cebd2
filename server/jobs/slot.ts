import { setTimeout as sleep } from "node:timers/promises";

/** Jobs of a worker that go on without a slot; four sockets each. */
const mostHanging = 200;

interface Slot {
  /** What goes on without one; whoever ends the process waits for it. */
  hanging: Set<Promise<void>>;
  /** Work that gives no sign for so long hangs, in ms. */
  patience: number;
  /** When it gave the last one, in ms since 1970; of work that gives none, when it began. */
  lastSign: () => number;
  /** Hears why it failed when nobody waits for it any more. */
  onError: (error: unknown) => void;
}

/**
 * Waits for a job's work. False when that hangs: it goes on by itself, and the job may end and leave its slot to others. So those who are
 * waited for in vain, however many, keep nobody else waiting. Throws what the work throws while it has the slot.
 */
export async function keepsSlot(work: Promise<void>, { hanging, patience, lastSign, onError }: Slot): Promise<boolean> {
  while (!(await endsWithin(work, lastSign() + patience - Date.now()))) {
    if (lastSign() + patience > Date.now()) continue;
    if (hanging.size >= mostHanging) return work.then(() => true);
    const rest: Promise<void> = work.catch(onError).finally(() => hanging.delete(rest));
    hanging.add(rest);
    return false;
  }
  return true;
}

async function endsWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const late = new AbortController();
  const wait = sleep(Math.max(ms, 0), false, { signal: late.signal }).catch(() => true);
  try {
    return await Promise.race([work.then(() => true), wait]);
  } finally {
    late.abort();
  }
}
