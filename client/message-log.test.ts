import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyLog, hasHole, type LogAction, type MessageLog, readableMessages, reduceLog } from "./message-log.ts";
import type { Message } from "./types.ts";

const EPOCH = Date.parse("2026-01-01T00:00:00Z");

function message(seq: number, more: Partial<Message> = {}): Message {
  const createdAt = new Date(EPOCH + seq * 1_000).toISOString();
  return { id: `m${seq}`, chatId: "c", seq, content: `text ${seq}`, senderId: "ada", createdAt, metadata: {}, ...more };
}

function run(actions: LogAction[], start: MessageLog = emptyLog("ben")): MessageLog {
  return actions.reduce(reduceLog, start);
}

const opened: LogAction = { type: "loaded", page: [] };
const seen = (one: Message): LogAction => ({ type: "seen", message: one });

/** Every version that a history of `length` messages went through, and its final state. */
const histories = fc
  .array(fc.record({ edits: fc.integer({ min: 0, max: 3 }), deleted: fc.boolean() }), { minLength: 1, maxLength: 12 })
  .map((lives) => lives.map(({ edits, deleted }, at) => versionsOf(at + 1, edits, deleted)));

function versionsOf(seq: number, edits: number, deleted: boolean): Message[] {
  const edited = Array.from({ length: edits }, (_, at) =>
    message(seq, { content: `edit ${at}`, editedAt: new Date(EPOCH + 60_000 * (at + 1)).toISOString() }),
  );
  const tombstone = message(seq, { content: "", deletedAt: new Date(EPOCH + 3_600_000).toISOString() });
  return [message(seq), ...edited, ...(deleted ? [tombstone] : [])];
}

/** All versions in any order, some of them several times: what retries, resume and reloads can do at worst. */
const deliveries = histories.chain((lives) => {
  const versions = lives.flat();
  const repeated = fc.shuffledSubarray(versions);
  return fc
    .tuple(fc.shuffledSubarray(versions, { minLength: versions.length }), repeated)
    .map(([once, again]) => ({ lives, delivered: [...once, ...again] }));
});

describe("merging", () => {
  it("ends in the same state whatever the order and however often a version arrives", () => {
    fc.assert(
      fc.property(deliveries, ({ lives, delivered }) => {
        const log = run([opened, ...delivered.map(seen)]);
        expect(log.messages).toEqual(lives.map((versions) => versions.at(-1)));
        expect(hasHole(log)).toBe(false);
      }),
    );
  });

  it("is always sorted by seq, unique by id, and readable only up to the first hole", () => {
    fc.assert(
      fc.property(deliveries, fc.nat(), ({ delivered }, cut) => {
        const log = run([opened, ...delivered.slice(0, cut % delivered.length).map(seen)]);
        const seqs = log.messages.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        const readable = readableMessages(log).map(({ seq }) => seq);
        expect(readable).toEqual(readable.map((_, at) => at + 1));
      }),
    );
  });
});

describe("pages", () => {
  it("ignores an edit of a message that is not loaded", () => {
    const log = run([{ type: "loaded", page: [message(11), message(10)] }, seen(message(3, { content: "edited" }))]);
    expect(log.messages.map(({ seq }) => seq)).toEqual([10, 11]);
  });

  it("keeps what is heard while a page is under way, since the page may be older", () => {
    const [edited, sent] = [message(2, { content: "new", editedAt: new Date(EPOCH).toISOString() }), message(4)];
    const first = run([
      { type: "loading" },
      seen(edited),
      seen(sent),
      { type: "loaded", page: [message(3), message(2)] },
    ]);
    expect(first.messages).toEqual([edited, message(3), sent]);
    const older = message(1, { content: "", deletedAt: new Date(EPOCH).toISOString() });
    const back = run([{ type: "loading" }, seen(older), { type: "loaded-earlier", page: [message(1)] }], first);
    expect(back.messages.map(({ content }) => content)).toEqual(["", "new", "text 3", "text 4"]);
    const failed = run([{ type: "loading" }, { type: "loading" }, seen(sent), { type: "not-loaded" }]);
    expect(run([{ type: "loaded", page: [message(3)] }], failed).messages).toEqual([message(3), sent]);
  });

  it("keeps nothing while no page is under way: the next one will have it", () => {
    const idle = run([seen(message(1)), { type: "loading" }, { type: "not-loaded" }, seen(message(2))]);
    expect(idle).toEqual(emptyLog("ben"));
  });

  it("holds back a message that overtook another until the other is here", () => {
    const early = run([{ type: "loaded", page: [message(1)] }, seen(message(3))]);
    expect(readableMessages(early).map(({ seq }) => seq)).toEqual([1]);
    expect(readableMessages(run([seen(message(2))], early)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("holds what a page that is loaded anew says, and what was heard since it was asked for, and nothing else", () => {
    const stored = Array.from({ length: 100 }, (_, at) => message(at + 1));
    const before = run([{ type: "loaded", page: stored }]);
    const heard = seen(message(100, { content: "edited", editedAt: new Date(EPOCH + 3_600_000).toISOString() }));
    const page = [...stored.slice(40, 90), message(91, { id: "another" })];
    const anew: LogAction = { type: "loaded", page, instead: before.messages };
    const after = run([{ type: "loading" }, anew, seen(message(92, { id: "next" }))], before);
    expect(after.messages.map(({ id }) => id)).toEqual([...page.map(({ id }) => id), "next"]);
    expect(hasHole(after)).toBe(false);
    const all: LogAction = { type: "loaded", page: stored.slice(50), instead: before.messages };
    expect(run([{ type: "loading" }, heard, all], before).messages.at(-1)?.content).toBe("edited");
    expect(run([{ type: "loading" }, heard, all], before).from).toBe(51);
  });

  it("keeps what adjoins a reloaded page and drops what lies below a gap", () => {
    const before: LogAction = { type: "loaded", page: [message(2), message(1)] };
    const adjoining = run([before, { type: "loaded", page: [message(4), message(3)] }]);
    expect(adjoining.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const gap = run([before, { type: "loaded", page: [message(9), message(8)] }]);
    expect(gap.messages.map(({ seq }) => seq)).toEqual([8, 9]);
    expect(hasHole(gap)).toBe(false);
  });

  it("fills a hole in a conversation of any length with the newest page", () => {
    // Each compared with all others would take minutes.
    const stored = Array.from({ length: 300_000 }, (_, at) => message(at + 1));
    const [last] = stored.splice(-2, 1);
    const holed: MessageLog = { ...emptyLog("ben"), from: 1, messages: stored };
    expect(hasHole(holed)).toBe(true);
    const page = [message(300_000), ...(last ? [last] : []), message(299_998)];
    const filled = run([{ type: "loaded", page }], holed);
    expect(filled.messages).toHaveLength(300_000);
    expect(filled.from).toBe(1);
    expect(hasHole(filled)).toBe(false);
  });

  it("puts earlier messages in front", () => {
    const log = run([
      { type: "loaded", page: [message(4), message(3)] },
      { type: "loaded-earlier", page: [message(2), message(1)] },
    ]);
    expect(log).toMatchObject({ from: 1, messages: [1, 2, 3, 4].map((seq) => ({ seq })) });
  });
});

describe("the outbox", () => {
  const queued: LogAction = { type: "queued", clientMessageId: "k1", content: "hello" };
  const stored = message(1, { senderId: "ben", clientMessageId: "k1" });

  it("gives way to the stored message, whether that comes as answer, event or page", () => {
    for (const arrival of [seen(stored), { type: "loaded", page: [stored] } as const]) {
      const log = run([opened, queued, arrival]);
      expect(log.outbox).toEqual([]);
      expect(log.messages).toHaveLength(1);
    }
  });

  it("is not touched by somebody else's message with the same client message id", () => {
    const log = run([opened, queued, seen({ ...stored, senderId: "ada" })]);
    expect(log.outbox).toHaveLength(1);
  });

  it("keeps the order typed while items are refused, retried and discarded", () => {
    const second: LogAction = { type: "queued", clientMessageId: "k2", content: "again" };
    const refused: LogAction = { type: "held", clientMessageId: "k1", status: "refused", reason: "frozen" };
    const log = run([opened, queued, second, refused]);
    expect(log.outbox).toMatchObject([{ status: "refused", reason: "frozen" }, { status: "sending" }]);
    expect(run([{ type: "discarded", clientMessageId: "k1" }], log).outbox).toMatchObject([{ content: "again" }]);
  });
});
