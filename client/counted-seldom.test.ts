import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Api } from "./api.ts";
import { Inbox } from "./inbox.ts";
import type { Action } from "./state.ts";

const ANSWERED_AFTER_MS = 50;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The page of one who is counted for, and a service that tells how much has been said by the time it is asked. */
function page() {
  const asked: number[] = [];
  let [said, shown, underWay, most] = [0, 0, 0, 0];
  const call = async () => {
    asked.push(Date.now());
    most = Math.max(most, ++underWay);
    const body = said;
    await new Promise((resolve) => setTimeout(resolve, ANSWERED_AFTER_MS));
    underWay--;
    return { body };
  };
  const inbox = new Inbox({
    api: { call } as unknown as Api,
    clientId: "c",
    isClosed: () => false,
    state: () => ({}) as never,
    act: (action: Action) => {
      if (action.type === "counted") shown = action.counters as unknown as number;
    },
  });
  inbox.startCounting();
  const say = (crowd: number) => {
    said++;
    inbox.count(crowd);
  };
  return { asked, say, isRight: () => shown === said, mostAtOnce: () => most };
}

const rest = () => vi.advanceTimersByTimeAsync(20_000);

test("of a message to thousands not all their pages ask at the same moment", async () => {
  const pages = Array.from({ length: 200 }, page);
  await rest();
  const before = Date.now();
  for (const { say } of pages) say(2_000);
  await rest();
  const times = pages.flatMap(({ asked }) => asked.filter((at) => at >= before));
  expect(times).toHaveLength(200);
  const inWindow = times.map((from) => times.filter((at) => at >= from && at < from + 100).length);
  expect(Math.max(...inWindow)).toBeLessThan(40);
  expect(pages.every(({ isRight }) => isRight())).toBe(true);
});

test("while a large chat goes on, a page asks ever more seldom and is right in the end, and at once when it is quiet", async () => {
  const one = page();
  await rest();
  const before = one.asked.length;
  for (let i = 0; i < 600; i++) {
    one.say(1_000);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(one.asked.length - before).toBeLessThan(30);
  await rest();
  expect(one.isRight()).toBe(true);
  one.say(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(one.isRight()).toBe(true);
  expect(one.mostAtOnce()).toBe(1);
});

test("in a small chat the numbers are right within a second, also while a large one keeps the page waiting", async () => {
  const one = page();
  await rest();
  for (let i = 0; i < 30; i++) {
    one.say(i % 3 === 0 ? 5_000 : 4);
    one.say(4);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.isRight()).toBe(true);
  }
});
