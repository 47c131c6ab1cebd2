import type { Pool } from "pg";
import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { Life, waits } from "./queue.ts";

test("a dead worker's jobs go on within a minute: it is believed for a while, found at a beat and its jobs at a look", () => {
  expect(waits.patience + waits.beat + waits.look).toBeLessThanOrEqual(60_000);
  // One beat that comes late is no death.
  expect(waits.patience).toBeGreaterThanOrEqual(3 * waits.beat);
});

test("nobody is taken for dead at a first beat, or at one that Postgres kept waiting: the others' come late by as much", async () => {
  vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] });
  const asked: string[] = [];
  let away = false;
  const query = async (text: string) => {
    if (away) throw new Error("Connection terminated");
    asked.push(text.includes("rescue_jobs") ? "rescue" : "beat");
    return { rows: [] };
  };
  const life = new Life({ query } as unknown as Pool, waits.patience, pino({ level: "silent" }));
  try {
    life.begin("worker-1", waits.beat);
    await vi.advanceTimersByTimeAsync(waits.beat);
    expect(asked).toEqual(["beat", "beat", "rescue"]);
    away = true;
    await vi.advanceTimersByTimeAsync(35_000);
    away = false;
    await vi.advanceTimersByTimeAsync(2 * waits.beat);
    expect(asked.slice(3)).toEqual(["beat", "beat", "rescue"]);
  } finally {
    life.end();
    vi.useRealTimers();
  }
});
