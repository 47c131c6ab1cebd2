import { expect, onTestFinished, test, vi } from "vitest";
import { TYPING_LASTS_MS } from "./chat-state.ts";
import { Parley } from "./parley.ts";
import type { Connecting } from "./transport.ts";

/** A client of one chat with Ben, whose line this test holds, and a service that may say of nobody whether they are there. */
async function clientOfOneChat() {
  const chat = { id: "c", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 };
  const service = { isBusy: false, asked: 0 };
  const lists: Record<string, object[]> = {
    "/Chat": [chat],
    "/Chat/c/members": [{ userId: "ben", role: "member", lastReadSeq: 0, user: { userId: "ben" } }],
    "/presence": [{ userId: "ben", state: "online", lastSeen: null }],
  };
  vi.stubGlobal("fetch", async (address: string) => {
    const path = new URL(address).pathname.replace("/tenant/acme/v1", "");
    if (path === "/presence") service.asked++;
    if (path === "/presence" && service.isBusy)
      return Response.json({ code: "rate_limited" }, { status: 429, headers: { "retry-after": "60" } });
    return Response.json({ data: lists[path] ?? [], nextCursor: null }, { headers: { "x-event-cursor": "e1" } });
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
  const cutLine = () => {
    client.setOnline(false);
    client.setOnline(true);
  };
  const ben = () => client.getState().presence.ben?.state;
  return {
    client,
    service,
    cutLine,
    ben,
    hear: (event: object) => line?.onEvent(event as Parameters<Connecting["onEvent"]>[0]),
  };
}

test("who types in a chat that nobody has opened here stops doing so, too", async () => {
  vi.useFakeTimers();
  const { client, hear } = await clientOfOneChat();
  hear({ type: "typing", chatId: "c", data: { userId: "ben" } });
  expect(Object.keys(client.getState().chats.c?.typing ?? {})).toEqual(["ben"]);
  await vi.advanceTimersByTimeAsync(TYPING_LASTS_MS + 1_000);
  expect(client.getState().chats.c?.typing).toEqual({});
});

test("what the events keep true stays when a chat that is opened learns nothing", async () => {
  const { client, service, ben } = await clientOfOneChat();
  client.loadPresence(["ben"]);
  await expect.poll(ben).toBe("online");
  service.isBusy = true;
  await expect(client.room("c").open()).rejects.toMatchObject({ status: 429 });
  expect(ben()).toBe("online");
});

test.each([
  ["whom a page asked for", ({ client }: Awaited<ReturnType<typeof clientOfOneChat>>) => client.loadPresence(["ben"])],
  ["who is in an open chat", ({ client }) => client.room("c").open()],
])("after an outage nobody is shown as there of whom it cannot be learned: %s", async (_, ask) => {
  const page = await clientOfOneChat();
  const { service, cutLine, ben } = page;
  void ask(page);
  await expect.poll(ben).toBe("online");
  service.isBusy = true;
  cutLine();
  void ask(page);
  await expect.poll(ben).toBeUndefined();
  expect(Object.keys(page.client.getState().presence)).toEqual([]);
  service.isBusy = false;
  cutLine();
  void ask(page);
  await expect.poll(ben).toBe("online");
});
