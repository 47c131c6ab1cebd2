import { expect, onTestFinished, test, vi } from "vitest";
import { Parley } from "./parley.ts";
import { TYPING_LASTS_MS } from "./chat-state.ts";
import type { Connecting } from "./transport.ts";

/** A client of one chat, whose line this test holds. */
async function clientOfOneChat() {
  const chat = { id: "c", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 };
  vi.stubGlobal("fetch", async (address: string) => {
    const data = new URL(address).pathname.endsWith("/Chat") ? [chat] : [];
    return Response.json({ data, nextCursor: null }, { headers: { "x-event-cursor": "e1" } });
  });
  let line: Connecting | undefined;
  const client = new Parley({
    ...{ baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada", storage: null },
    transports: [
      (connecting) => {
        line = connecting;
        connecting.onOpen();
        return { close: () => undefined };
      },
    ],
  });
  onTestFinished(() => {
    client.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  await client.start();
  return { client, hear: (event: object) => line?.onEvent(event as Parameters<Connecting["onEvent"]>[0]) };
}

test("who types in a chat that nobody has opened here stops doing so, too", async () => {
  vi.useFakeTimers();
  const { client, hear } = await clientOfOneChat();
  hear({ type: "typing", chatId: "c", data: { userId: "ben" } });
  expect(Object.keys(client.getState().chats.c?.typing ?? {})).toEqual(["ben"]);
  await vi.advanceTimersByTimeAsync(TYPING_LASTS_MS + 1_000);
  expect(client.getState().chats.c?.typing).toEqual({});
});
