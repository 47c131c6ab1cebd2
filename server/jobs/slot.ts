import { setTimeout as sleep } from "node:timers/promises";

/** Jobs of a worker that go on without a slot, with up to four sockets each: a tenant with as many slow endpoints as it may have makes 200. */
const mostHanging = 1000;
/** ms for work at a place where some hangs already: enough to see that there is nothing to do. */
const whileSomeHangs = 50;

/** What goes on without a slot, and where it hangs. */
export type Hanging = Map<Promise<void>, string>;

interface Slot {
  /** What goes on without one; whoever ends the process waits for it. */
  hanging: Hanging;
  /** What the work waits for, should it hang. */
  place: string;
  /** Work that gives no sign for so long hangs, in ms. */
  patience: number;
  /** When it gave the last one, in ms since 1970; of work that gives none, when it began. */
  lastSign: () => number;
  /** Hears why it failed when nobody waits for it any more. */
  onError: (error: unknown) => void;
}

/**
 * Waits for a job's work. False when that hangs: it goes on by itself, and the job may end and leave its slot to others. So those who are
 * waited for in vain, however many, keep nobody else waiting: where some work hangs, what comes after it is not waited for as long again.
 * Throws what the work throws while it has the slot.
 */
export async function keepsSlot(work: Promise<void>, slot: Slot): Promise<boolean> {
  const { hanging, place, lastSign, onError } = slot;
  const patience = [...hanging.values()].includes(place) ? Math.min(whileSomeHangs, slot.patience) : slot.patience;
  while (!(await endsWithin(work, lastSign() + patience - Date.now()))) {
    if (lastSign() + patience > Date.now()) continue;
    if (hanging.size >= mostHanging) return work.then(() => true);
    const rest: Promise<void> = work.catch(onError).finally(() => hanging.delete(rest));
    hanging.set(rest, place);
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
