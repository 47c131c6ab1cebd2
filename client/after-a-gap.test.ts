import { expect, onTestFinished, test } from "vitest";
import type { ChatState } from "./chat-state.ts";
import { Parley } from "./parley.ts";
import type { Connecting } from "./transport.ts";
import type { Chat } from "./types.ts";

const CHATS = 1_000;

/** A service with a thousand direct chats of one person, and what it is asked. */
function service() {
  const asked: string[] = [];
  const chats = Array.from({ length: CHATS }, (_, at) => chatOf(`c${at}`));
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  globalThis.fetch = async (address) => {
    const { pathname, searchParams } = new URL(String(address));
    const path = pathname.replace("/tenant/acme/v1", "");
    asked.push(path);
    if (path !== "/Chat") return Response.json(path.startsWith("/Chat/c") ? answerOf(path) : { data: [] });
    const from = Number(searchParams.get("before") ?? 0);
    const to = from + Number(searchParams.get("limit"));
    const page = { data: chats.slice(from, to), nextCursor: to < chats.length ? `${to}` : null };
    return Response.json(page, { headers: { "x-event-cursor": "e1" } });
  };
  const answerOf = (path: string) => (path.includes("/members") ? { data: [] } : chatOf(path.slice("/Chat/".length)));
  return { asked, chats };
}

function chatOf(id: string): Chat {
  const createdAt = "2026-01-01T00:00:00.000Z";
  return { id, kind: "direct", name: "", createdAt, lastSeq: 0, lastReadSeq: 0, unreadCount: 0 } as unknown as Chat;
}

test("after a gap a thousand chats are known again in a few calls, and only one that is not listed any more is asked for", async () => {
  const { asked, chats } = service();
  let connecting: Connecting | undefined;
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
  onTestFinished(() => client.close());
  await client.start();
  while (client.getState().moreChats !== null) await client.loadMoreChats();
  await Promise.all(Object.keys(client.getState().chats).map((id) => client.room(id).loadMembers()));
  expect(Object.keys(client.getState().chats)).toHaveLength(CHATS);

  asked.length = 0;
  const isStale = ({ stale, membersStale, members }: ChatState) => stale || (membersStale && members);
  const [gone] = chats.splice(500, 1);
  connecting?.onResync("e2");
  await expect.poll(() => asked).toContain(`/Chat/${gone?.id}`);
  await expect.poll(() => Object.values(client.getState().chats).find(isStale)).toBeUndefined();
  expect(asked.length).toBeLessThan(20);
  expect(client.getState().moreChats).toBeNull();
});
