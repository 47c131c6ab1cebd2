import { describe, expect, it } from "vitest";
import type { Message } from "../../client/types.ts";
import { landingOf, timelineRows } from "./timeline-rows.ts";

function message(seq: number, senderId: string, createdAt: string): Message {
  return { id: `m${seq}`, chatId: "c", seq, content: `text ${seq}`, senderId, createdAt, metadata: {} };
}

const base = { outbox: [], me: "ada", unreadAfter: undefined, top: "nothing" as const, hasLater: false };
const kinds = (rows: ReturnType<typeof timelineRows>) =>
  rows.map((row) => (row.kind === "message" ? `${row.message.seq}${row.leads ? "*" : ""}` : row.kind));

describe("the rows of a timeline", () => {
  it("draw a line before each local day and group what one author says in a row", () => {
    const at = (day: number, minute: number) => new Date(2026, 0, day, 12, minute).toISOString();
    const messages = [
      message(1, "ben", at(1, 0)),
      message(2, "ben", at(1, 2)),
      message(3, "ada", at(1, 3)),
      message(4, "ada", at(1, 30)),
      message(5, "ada", at(2, 0)),
    ];
    expect(kinds(timelineRows({ ...base, messages }))).toEqual(["day", "1*", "2", "3*", "4*", "day", "5*"]);
  });

  it("let no run last longer than five minutes, however closely one message follows another", () => {
    const at = (minute: number) => new Date(2026, 0, 1, 12, minute).toISOString();
    const messages = [0, 2, 4, 6, 8, 10].map((minute, index) => message(index + 1, "ben", at(minute)));
    expect(kinds(timelineRows({ ...base, messages }))).toEqual(["day", "1*", "2", "3", "4*", "5", "6"]);
  });

  it("put the separator before the first message of others after the snapshot, wherever the read position is now", () => {
    const at = (minute: number) => new Date(2026, 0, 1, 12, minute).toISOString();
    const messages = [message(1, "ben", at(0)), message(2, "ada", at(1)), message(3, "ben", at(2))];
    const rows = timelineRows({ ...base, messages, unreadAfter: 1 });
    expect(kinds(rows)).toEqual(["day", "1*", "2*", "unread", "3*"]);
    expect(kinds(timelineRows({ ...base, messages, unreadAfter: 3 }))).not.toContain("unread");
    expect(kinds(timelineRows({ ...base, messages: messages.slice(1), unreadAfter: 0 }))).not.toContain("unread");
  });

  it("keep what is unsent last, under the key it will have once it is stored", () => {
    const stored = { ...message(1, "ada", new Date().toISOString()), clientMessageId: "k" };
    const outbox = [{ clientMessageId: "k", content: "text 1", status: "sending" as const }];
    const [before] = timelineRows({ ...base, messages: [], outbox });
    const after = timelineRows({ ...base, messages: [stored] }).at(-1);
    expect(after?.key).toBe(before?.key);
  });

  it("end with what is still to come where the newest messages are not here, and show nothing unsent before those", () => {
    const outbox = [{ clientMessageId: "k", content: "text 1", status: "sending" as const }];
    const messages = [message(1, "ben", new Date().toISOString())];
    expect(kinds(timelineRows({ ...base, messages, outbox, hasLater: true }))).toEqual(["day", "1*", "later"]);
  });

  it("have keys of their own, whatever ids senders give and though a clock is set back about midnight", () => {
    const at = (day: number, second: number) => new Date(2026, 0, day, 0, 0, second).toISOString();
    const messages = [
      { ...message(1, "ben", at(1, 0)), clientMessageId: "1" },
      { ...message(2, "ada", at(2, 0)), clientMessageId: "1" },
      { ...message(3, "cleo", at(2, -1)), clientMessageId: "1" },
      message(4, "ben", at(2, 1)),
    ];
    const keys = timelineRows({ ...base, messages }).map(({ key }) => key);
    expect(keys.length).toBe(8);
    expect(new Set(keys).size).toBe(8);
  });
});

describe("a link to a message", () => {
  const at = (minute: number) => new Date(2026, 0, 1, 12, minute).toISOString();
  const rows = timelineRows({ ...base, messages: [message(1, "ben", at(0)), message(3, "ada", at(1))] });

  it("leads to it, or to the next where it is not drawn", () => {
    expect([1, 2, 3].map((seq) => landingOf(rows, seq, 3))).toEqual([1, 2, 2]);
  });

  it("waits for one that is on its way, and leads to the end where there is none yet", () => {
    expect(landingOf(rows, 4, 4)).toBeUndefined();
    expect(landingOf(rows, 5, 4)).toBe("end");
    expect(landingOf([], 1, 0)).toBe("end");
  });
});
