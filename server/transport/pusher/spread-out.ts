import { setTimeout as sleep } from "node:timers/promises";

const betweenMs = 20;
/** In one turn of the event loop; the stock clients come back at once, each with its calls for leave. */
const perTurn = 10;

interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** Does something with each of many, some at a time: spread over `overMs`, or faster than that where they are few. */
export async function spreadOut<T>(
  all: readonly T[],
  overMs: number,
  act: (one: T) => void,
  clock: Clock = { now: Date.now, sleep },
): Promise<void> {
  const begun = clock.now();
  for (let done = 0; done < all.length; ) {
    // What a slow machine has not got to by its time is made up for.
    const due = Math.ceil((all.length * (clock.now() - begun)) / overMs);
    const upto = Math.max(done + perTurn, due);
    for (const one of all.slice(done, upto)) act(one);
    done = upto;
    if (done < all.length) await clock.sleep(betweenMs);
  }
}
