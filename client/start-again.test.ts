import { expect, onTestFinished, test } from "vitest";
import { inboxItems } from "./inbox-state.ts";
import { Parley } from "./parley.ts";
import type { Chat, Message, Notification } from "./types.ts";

/** A client whose service answers what is told by path; where nothing is told, with an empty list. */
function clientOf(answers: Record<string, (input: { content?: string }) => unknown>) {
  const asked: string[] = [];
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  globalThis.fetch = async (address, { method = "GET", body: input = "{}" } = {}) => {
    const { pathname } = new URL(String(address));
    const call = `${method} ${pathname.replace("/tenant/acme/v1", "")}`;
    asked.push(call);
    const body = (await answers[call]?.(JSON.parse(String(input)))) ?? { data: [], nextCursor: null };
    return Response.json(body, { headers: { "x-event-cursor": "e1" } });
  };
  const client = new Parley({
    ...{ baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada", storage: null },
    transports: [
      (connecting) => {
        connecting.onOpen();
        return { close: () => undefined };
      },
    ],
  });
  onTestFinished(() => client.close());
  return { client, asked };
}

test("what was written to a chat that is not here yet goes out after a close and a start, also where nothing is stored, once and in order", async () => {
  const chat = { id: "far", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 } as unknown as Chat;
  let isBack = false;
  const sent: (string | undefined)[] = [];
  const { client, asked } = clientOf({
    "GET /Chat/far": () => {
      if (!isBack) throw new TypeError("no line");
      return chat;
    },
    "POST /Chat/far/messages": ({ content }): Partial<Message> => {
      sent.push(content);
      return { id: `m${sent.length}`, seq: sent.length, senderId: "ada" };
    },
  });
  await client.start();
  client.room("far").send("while it is open");
  await expect.poll(() => asked).toContain("GET /Chat/far");
  client.close();
  client.room("far").send("while it is closed");
  isBack = true;
  await client.start();
  await expect.poll(() => sent).toHaveLength(2);
  await expect.poll(() => client.getState().chats.far?.log.outbox).toEqual([]);
  expect(sent).toEqual(["while it is open", "while it is closed"]);
});

test("who has no chats is shown the inbox as it is after a close and a start", async () => {
  const createdAt = "2026-01-01T00:00:00.000Z";
  const item = { id: "n1", createdAt, isRead: false, read: false, status: "visible" } as Notification;
  let data = [item];
  const { client } = clientOf({ "GET /Notifications": () => ({ data, nextCursor: null }) });
  await client.start();
  await client.inbox.load("all");
  client.close();
  data = [];
  await client.start();
  expect(client.getState().phase).toBe("ready");
  expect(inboxItems(client.getState().inbox, "all")).toEqual([]);
});
