import { describe, expect, it, vi } from "vitest";
import { emptyLog, type MessageLog, reduceLog } from "./message-log.ts";
import { Outbox } from "./outbox.ts";
import { ParleyError } from "./parley-error.ts";
import type { Message } from "./types.ts";

/** An outbox over the real reducer; `answer` is what the service would say to each send. */
function outboxWith(answer: (content: string) => void) {
  const service: Message[] = [];
  let delayMs = 4;
  const page = { log: reduceLog(emptyLog("ada"), { type: "loaded", page: [] }) as MessageLog, online: true };
  const outbox = new Outbox({
    isOnline: () => page.online,
    items: () => page.log.outbox,
    act: (action) => {
      page.log = reduceLog(page.log, action);
    },
    send: async ({ content, clientMessageId }) => {
      // Each answer is quicker than the one before: sends side by side would overtake each other.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, delayMs--)));
      answer(content);
      const known = service.find((message) => message.clientMessageId === clientMessageId);
      const seq = service.length + 1;
      const createdAt = new Date(0).toISOString();
      const message = known ?? {
        id: `m${seq}`,
        chatId: "c",
        seq,
        content,
        senderId: "ada",
        createdAt,
        clientMessageId,
        metadata: {},
      };
      if (!known) service.push(message);
      return message;
    },
  });
  return { outbox, page, texts: () => service.map(({ content }) => content) };
}

const accept = () => {};
const settled = () => new Promise((resolve) => setTimeout(resolve, 250));

describe("the outbox", () => {
  it("sends each once, one after the other, in the order typed", async () => {
    const sends: string[] = [];
    const { outbox, page, texts } = outboxWith((content) => void sends.push(content));
    for (const text of ["one", "two", "three"]) outbox.add(text);
    await expect.poll(() => texts().length).toBe(3);
    await expect.poll(() => page.log.outbox).toEqual([]);
    await settled();
    expect(texts()).toEqual(["one", "two", "three"]);
    expect(sends).toEqual(["one", "two", "three"]);
  });

  it("lets all wait while offline and sends them, in order, when the line is back", async () => {
    const { outbox, page, texts } = outboxWith(accept);
    page.online = false;
    outbox.add("one");
    outbox.add("two");
    await settled();
    expect(page.log.outbox.map(({ status }) => status)).toEqual(["waiting", "waiting"]);
    page.online = true;
    await outbox.flush();
    expect(texts()).toEqual(["one", "two"]);
  });

  it("leaves a refused message to the person and goes on with the next", async () => {
    const { outbox, page, texts } = outboxWith((content) => {
      if (content === "bad") throw new ParleyError(403, { detail: "The chat is frozen." });
    });
    outbox.add("bad");
    outbox.add("good");
    await expect.poll(() => page.log.outbox.map(({ content }) => content)).toEqual(["bad"]);
    expect(texts()).toEqual(["good"]);
    expect(page.log.outbox).toMatchObject([{ content: "bad", status: "refused", reason: "The chat is frozen." }]);
    outbox.discard(page.log.outbox[0]?.clientMessageId ?? "");
    expect(page.log.outbox).toEqual([]);
  });

  it("keeps all waiting, in order, where the session has ended: for the next one", async () => {
    let hasEnded = true;
    const { outbox, page, texts } = outboxWith(() => {
      if (!hasEnded) return;
      page.online = false;
      void outbox.flush(); // As the link says it.
      throw new ParleyError(401, { detail: "The token is revoked." });
    });
    outbox.add("one");
    outbox.add("two");
    await expect.poll(() => page.log.outbox.map(({ status }) => status)).toEqual(["waiting", "waiting"]);
    hasEnded = false;
    page.online = true;
    await outbox.flush();
    expect(texts()).toEqual(["one", "two"]);
  });

  it("repeats by itself after an outage, with the same id, so that nothing is there twice", async () => {
    vi.useFakeTimers();
    let outages = 2;
    const { outbox, page, texts } = outboxWith(() => {
      if (outages-- > 0) throw new ParleyError(503, { detail: "Draining." }, { retryAfterMs: 1_000 });
    });
    outbox.add("one");
    outbox.add("two");
    await vi.advanceTimersByTimeAsync(900);
    expect(texts()).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    expect(texts()).toEqual(["one", "two"]);
    expect(page.log.outbox).toEqual([]);
  });
});
