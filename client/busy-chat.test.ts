import { expect, onTestFinished, test } from "vitest";
import { Parley } from "./parley.ts";
import type { Connecting } from "./transport.ts";
import type { Chat } from "./types.ts";

const EVERY_MS = 50;
const ANSWERS_AFTER_MS = 200;

/** A service in which somebody says something all the time, in a chat that is on no page of this person's list. */
function service() {
  const asked: string[] = [];
  let standing: Partial<Chat> = { role: "member", memberCount: 3 };
  let seq = 0;
  const messageOf = (seq: number) => ({ id: `m${seq}`, chatId: "busy", seq, content: `${seq}`, senderId: "ben" });
  const { fetch: real } = globalThis;
  const answerTo = (path: string) => {
    const createdAt = "2026-01-01T00:00:00.000Z";
    if (path === "/Chat/busy")
      return { id: "busy", kind: "group", createdAt, lastSeq: seq, unreadCount: seq, ...standing };
    const newest = Array.from({ length: Math.min(50, seq) }, (_, at) => messageOf(seq - at));
    return { data: path === "/Chat/busy/messages" ? newest : [], nextCursor: null };
  };
  globalThis.fetch = async (address) => {
    const path = new URL(String(address)).pathname.replace("/tenant/acme/v1", "");
    asked.push(path);
    const answer = answerTo(path);
    await new Promise((resolve) => setTimeout(resolve, ANSWERS_AFTER_MS));
    return Response.json(answer, { headers: { "x-event-cursor": "e0" } });
  };
  let connecting: Connecting | undefined;
  const talk = setInterval(() => {
    seq++;
    connecting?.onEvent({ type: "message.created", eventId: `e${seq}`, chatId: "busy", seq, data: messageOf(seq) });
  }, EVERY_MS);
  const client = new Parley({
    ...{ baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada", storage: null },
    transports: [
      (options) => {
        connecting = options;
        options.onOpen();
        return { close: () => undefined };
      },
    ],
  });
  onTestFinished(() => {
    clearInterval(talk);
    client.close();
    globalThis.fetch = real;
  });
  const last = () => seq;
  const change = (type: "member.updated" | "member.removed", data: object, next: Partial<Chat>) => {
    standing = next;
    connecting?.onEvent({ type, eventId: `e${seq}`, chatId: "busy", data: { ...data } });
  };
  return { client, asked, last, change };
}

test("a chat that is busier than the line opens, goes on, and is asked for ever more seldom", async () => {
  const { client, asked, last } = service();
  await client.start();
  await client.room("busy").open();
  const gets = () => asked.filter((path) => path === "/Chat/busy");
  // One that was under way for an event, and the one that came of opening it.
  expect(gets().length).toBeLessThanOrEqual(2);
  const opened = last();
  await expect.poll(() => last()).toBeGreaterThan(opened + 40);
  await expect.poll(() => client.room("busy").messages().at(-1)?.seq).toBeGreaterThan(opened + 40);
  expect(gets().length).toBeLessThanOrEqual(5);
});

test("whoever is muted in a chat that is busier than the line knows it, and how many are in it", async () => {
  const { client, change } = service();
  await client.start();
  await client.room("busy").open();
  const known = () => client.getState().chats.busy;
  const mutedUntil = "2990-01-01T00:00:00.000Z";
  const muted = { role: "moderator", mutedUntil, memberCount: 3 } as const;
  change("member.updated", { userId: "ada", mutedUntil }, muted);
  await expect.poll(() => known()?.chat).toMatchObject({ mutedUntil, role: "moderator" });
  change("member.removed", { userId: "cleo" }, { role: "moderator", memberCount: 2 });
  await expect.poll(() => known()?.chat.memberCount).toBe(2);
  expect(known()?.chat.mutedUntil).toBeUndefined();
  expect(known()?.stale, "what messages do overtake is still to be asked for").toBe(true);
});
