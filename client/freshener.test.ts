import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Asking, Freshener } from "./freshener.ts";

let line = { isLive: true };
let asked: string[] = [];
let stale = new Map<string, () => Promise<void>>();

beforeEach(() => {
  vi.useFakeTimers();
  line = { isLive: true };
  asked = [];
  stale = new Map();
});
afterEach(() => {
  vi.useRealTimers();
});

function make(): Freshener {
  const counted = (name: string, ask: () => Promise<void>) => () => {
    asked.push(name);
    return ask();
  };
  const jobs = () => [...stale].map(([name, ask]): Asking => [name, counted(name, ask)]);
  return new Freshener({ isLive: () => line.isLive, stale: jobs });
}

const answered = (name: string) => async () => void stale.delete(name);
const refused = async () => {
  throw new Error("no answer");
};

// Another file of this process may have left a connection that sets a timer meanwhile.
test("what fails is asked for ever more seldom and keeps nothing else back, and at once when the line is back", {
  retry: 2,
}, async () => {
  const freshener = make();
  stale.set("a", refused);
  freshener.watch();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBeLessThanOrEqual(5);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked.length).toBeLessThanOrEqual(15);

  stale.set("b", answered("b"));
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toContain("b");

  stale.set("a", answered("a"));
  freshener.anew();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked.at(-1)).toBe("a");
  expect(vi.getTimerCount()).toBe(0);
});

test("what has failed for long makes nothing else rest longer than it must", async () => {
  const freshener = make();
  stale.set("a", refused);
  freshener.watch();
  await vi.advanceTimersByTimeAsync(200_000);
  stale.set("b", refused);
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  stale.set("b", answered("b"));
  asked = [];
  await vi.advanceTimersByTimeAsync(3_000);
  expect(asked.filter((name) => name === "b")).toEqual(["b"]);

  stale.delete("a");
  await vi.advanceTimersByTimeAsync(60_000);
  stale.set("a", refused);
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  stale.set("a", answered("a"));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(stale.size, "what was settled otherwise begins anew").toBe(0);
  freshener.close();
});

test("what is due again as soon as it is answered is asked for at once the first time, then ever more seldom", async () => {
  const freshener = make();
  stale.set("busy", async () => {});
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual(["busy", "busy"]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked.length).toBeLessThanOrEqual(16);

  stale.set("quiet", answered("quiet"));
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toContain("quiet");

  stale.set("busy", answered("busy"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stale.size).toBe(0);
  asked = [];
  stale.set("busy", async () => {});
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked, "what was settled meanwhile begins anew").toEqual(["busy", "busy"]);
  freshener.close();
});

// Another file of this process may have left a connection that sets a timer meanwhile.
test("nothing is asked for, and nothing waits, while there is no line", { retry: 2 }, async () => {
  const freshener = make();
  stale.set("a", async () => {
    line.isLive = false;
    return refused();
  });
  freshener.watch();
  await vi.advanceTimersByTimeAsync(1_000);
  freshener.watch();
  expect(asked).toEqual(["a"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("of many a few are asked for at a time", async () => {
  const freshener = make();
  let [now, most] = [0, 0];
  for (let n = 0; n < 100; n++) {
    stale.set(`${n}`, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now--;
      stale.delete(`${n}`);
    });
  }
  freshener.watch();
  await vi.runAllTimersAsync();
  expect(stale.size).toBe(0);
  expect(most).toBe(6);
});
