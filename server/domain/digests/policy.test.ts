import { expect, test } from "vitest";
import { renderDigest } from "../../../emails/digest.tsx";
import { writeDigest } from "./policy.ts";
import type { HeldItem } from "./store.ts";

const at = new Date("2026-07-02T05:00:00Z");
const itemsOf = (count: number, words: Pick<HeldItem, "subject" | "message">) =>
  Array.from({ length: count }, () => ({ ...words, type: "News", at }) as HeldItem);
const write = (items: HeldItem[]) => writeDigest(items, { rhythm: true, zone: "Asia/Bangkok" });

test.each([
  ["Thai", "เ"],
  ["signs that HTML has names for", "'"],
  ["Thai between such signs", '"เรือ&ท่า<'],
  ["faces of four bytes", "🚢"],
])("however much a digest of %s has to say, no program for mail hides its end", async (_, words) => {
  const fill = (length: number) => words.repeat(length).slice(0, length - (length % words.length));
  const written = write(itemsOf(60, { subject: fill(500), message: fill(300) }));
  const { html, text } = await renderDigest({
    ...{ ...written, brand: { name: "Lighthouse Ferries", colour: "#0b6b62" } },
    ...{ openUrl: "https://chat.example/inbox/demo", unsubscribeUrl: "https://chat.example/u/demo.abc.def" },
  });
  expect(Buffer.byteLength(html)).toBeLessThan(102_400);
  expect(written.items.length).toBeGreaterThan(8);
  expect(written).toMatchObject({ title: "Your digest: 60 notifications", more: 60 - written.items.length });
  expect(text).toContain(`and ${written.more} more`);
});

test("a digest of short ones shows fifty, and says of no more when there are none", () => {
  const words = { subject: "Pier 4 is closed", message: "x".repeat(300) };
  expect(write(itemsOf(50, words))).not.toHaveProperty("more");
  expect(write(itemsOf(51, words))).toMatchObject({ items: { length: 50 }, more: 1 });
});
