import { expect, test } from "vitest";
import type { Message } from "../../client/types.ts";
import {
  findsIn,
  type Here,
  lookBack,
  newerFind,
  olderFind,
  type Stretch,
  scopeOf,
  searchedFrom,
  wholeFrom,
} from "./finds.ts";

const NOT_BEYOND = Number.POSITIVE_INFINITY;

const message = (seq: number) =>
  ({ id: `m${seq}`, seq, content: seq % 100 === 0 ? `Needle ${seq}` : `Line ${seq}` }) as Message;
const stretch = (from: number, to: number): Stretch => ({
  messages: Array.from({ length: to - from + 1 }, (_, at) => message(from + at)),
  hasEarlier: from > 1,
});
const newest: Here = { newest: stretch(951, 1_000), aside: undefined };
const apart: Here = { ...newest, aside: stretch(351, 450) };
const seqs = (messages: readonly Message[]) => messages.map(({ seq }) => seq);

test("what is found is in the newest messages and in the older ones that are shown, each once, without what is deleted", () => {
  expect(seqs(findsIn(newest, [], "needle"))).toEqual([1_000]);
  expect(seqs(findsIn(apart, [message(400), message(100)], "needle"))).toEqual([1_000, 400, 100]);
  const deleted = { ...message(1_000), deletedAt: "2026-11-01T09:00:00Z" };
  expect(findsIn({ newest: { messages: [deleted], hasEarlier: false }, aside: undefined }, [], "needle")).toEqual([]);
});

test("says where was looked: not more than that", () => {
  expect(scopeOf(newest, NOT_BEYOND)).toBe("the newest 50 messages");
  expect(scopeOf(apart, NOT_BEYOND)).toBe("the newest 50 messages and the 100 shown");
  expect(scopeOf(newest, 601), "after some pages").toBe("the newest 400 messages");
  expect(scopeOf(apart, 400), "down to what is shown").toBe("the newest 650 messages");
  expect(scopeOf(newest, 0)).toBe("this chat");
  expect(scopeOf({ newest: stretch(1, 40), aside: undefined }, NOT_BEYOND)).toBe("this chat");
  const coming = { messages: [], hasEarlier: true };
  expect(scopeOf({ newest: coming, aside: undefined }, NOT_BEYOND)).toBe("what is loaded");
});

test("an older find is gone to only where nothing lies between that nobody has looked through", () => {
  const finds = findsIn(apart, [], "needle");
  const from = (at?: Message) => wholeFrom(apart, NOT_BEYOND, at);
  expect(olderFind(finds, undefined, from())?.seq).toBe(1_000);
  expect(from(message(1_000))).toBe(951);
  expect(olderFind(finds, message(1_000), 951), "past a hole").toBeUndefined();
  expect(from(message(400)), "in what is shown one looks on from its start").toBe(351);
  expect(searchedFrom(apart, NOT_BEYOND)).toBe(951);
  expect(olderFind(finds, message(1_000), wholeFrom(apart, 400, message(1_000)))?.seq).toBe(400);
});

test("a newer find is the next one that is known, and after the newest the oldest", () => {
  const finds = findsIn(apart, [], "needle");
  expect(newerFind(finds, message(400))?.seq).toBe(1_000);
  expect(newerFind(finds, message(1_000))?.seq).toBe(400);
  expect(newerFind(finds, undefined)?.seq).toBe(400);
  expect(newerFind([], undefined)).toBeUndefined();
});

test("older pages are looked through until the newest of the finds in them, or to the start", async () => {
  const passed: number[] = [];
  const page = async (before: number) => {
    const { messages } = stretch(Math.max(1, before - 30), before - 1);
    return { messages: messages.toReversed(), hasEarlier: before > 31 };
  };
  const look = (before: number) => lookBack("needle", before, { page, onPage: ({ seq }) => void passed.push(seq) });
  expect((await look(951))?.seq).toBe(900);
  expect(passed).toEqual([921]);
  expect((await look(900))?.seq).toBe(800);
  passed.length = 0;
  expect(await look(100)).toBeUndefined();
  expect(passed).toEqual([70, 40, 10]);
});
