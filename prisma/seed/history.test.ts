import { TZDate } from "@date-fns/tz";
import { expect, test } from "vitest";
import { people, zones } from "./cast.ts";
import { historyLength } from "./chats.ts";
import { longHistory } from "./history.ts";

test("the long history is the same at every start, at hours when people are up, in both zones", () => {
  const now = Date.UTC(2026, 10, 23, 0, 10);
  const lines = longHistory(now, historyLength);
  expect(longHistory(now, historyLength)).toEqual(lines);
  expect(lines.length).toBe(historyLength);
  expect(lines.at(-1)?.at).toBeLessThan(now);
  const days = (now - (lines[0]?.at ?? 0)) / 86_400_000;
  expect(Math.round(days)).toBeGreaterThanOrEqual(20);
  expect(Math.round(days)).toBeLessThanOrEqual(23);
  const summer = longHistory(Date.UTC(2026, 6, 1, 12), historyLength);
  const texts = (from: typeof lines) => from.map(({ text }) => text);
  expect(texts(summer)).toEqual(texts(lines));
  for (const all of [lines, summer])
    for (const [index, { at }] of all.entries()) expect(at).toBeGreaterThan(all[index - 1]?.at ?? 0);
  for (const { sender, at } of [...lines, ...summer]) {
    const zone = people.find(({ userId }) => userId === sender)?.timezone ?? "none";
    expect(new TZDate(at, zone).getHours()).toBeGreaterThanOrEqual(6);
  }
  const inDubai = lines.filter(({ sender }) =>
    people.some((one) => one.userId === sender && one.timezone === zones.dubai),
  );
  expect(inDubai.length).toBeGreaterThan(1000);
  expect(lines.some(({ text }) => /[{}]|undefined/.test(text))).toBe(false);
});
