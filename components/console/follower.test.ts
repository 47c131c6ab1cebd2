import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { Follower } from "./follower.ts";
import { concerns, type TenantEvent } from "./live-paths.ts";
import type { Name } from "./trpc.ts";

const event = (type: TenantEvent["type"], more: Partial<TenantEvent> = {}): TenantEvent => ({
  ...{ eventId: "e", tenantId: "acme", at: "2026-11-26T12:00:00.000Z", data: {} },
  type,
  ...more,
});
const keyOf = (path: Name, input: Record<string, unknown> = {}) => [path.split("."), { input, type: "query" }];

test("an event concerns what it changes, of the same chat, user or notification", () => {
  const said = event("message.created", { chatId: "c1" });
  expect(concerns(said, keyOf("adminChats.listMessages", { chatId: "c1", limit: 50 }))).toBe(true);
  expect(concerns(said, keyOf("adminChats.listMessages", { chatId: "c2", limit: 50 }))).toBe(false);
  expect(concerns(said, keyOf("adminChats.list", { limit: 50 }))).toBe(true);
  expect(concerns(said, keyOf("adminChats.listMembers", { chatId: "c1" }))).toBe(false);
  expect(concerns(said, keyOf("tasks.list"))).toBe(false);
  expect(concerns(said, ["who calls", "ada"])).toBe(false);
  const told = event("notification.created", { data: { id: "n1", userId: "ada" } });
  expect(concerns(told, keyOf("notifications.listAll", { userId: "ada" }))).toBe(true);
  expect(concerns(told, keyOf("notifications.listAll", { userId: "ben" }))).toBe(false);
  expect(concerns(told, keyOf("notifications.getAny", { notificationId: "n2" }))).toBe(false);
});

/** Queries that are looked at, how often each was asked, and when an answer may come. */
function watch(isSeen: () => boolean = () => true) {
  const queries = new QueryClient();
  const asked: string[] = [];
  let answer: () => void = () => {};
  const show = (name: string, path: Name, input?: Record<string, unknown>) =>
    new QueryObserver(queries, {
      queryKey: keyOf(path, input),
      initialData: name,
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: () => {
        asked.push(name);
        return new Promise<string>((resolve) => {
          answer = () => resolve(name);
        });
      },
    }).subscribe(() => {});
  return { queries, asked, show, answer: () => answer(), follower: new Follower({ queries, isSeen, pause: 0 }) };
}

test("the first event asks at once, a thousand meanwhile ask once more, and only what they concern", async () => {
  const { asked, show, answer, follower } = watch();
  show("chat 1", "adminChats.listMessages", { chatId: "c1" });
  show("chat 2", "adminChats.listMessages", { chatId: "c2" });
  show("tasks", "tasks.list");
  for (let i = 0; i < 1000; i++) follower.event(event("message.created", { chatId: "c1", seq: i }));
  expect(asked).toEqual(["chat 1"]);
  answer();
  await expect.poll(() => asked).toEqual(["chat 1", "chat 1"]);
  answer();
  follower.event(event("message.created", { chatId: "c2" }));
  await expect.poll(() => asked).toEqual(["chat 1", "chat 1", "chat 2"]);
});

test("a gap asks for all that events concern, and a page that nobody sees waits", async () => {
  let seen = false;
  const { asked, show, follower } = watch(() => seen);
  show("chats", "adminChats.list");
  show("tasks", "tasks.list");
  follower.started();
  expect(asked).toEqual([]);
  seen = true;
  follower.wake();
  await expect.poll(() => asked).toEqual(["chats"]);
});

test("a stream that goes on from the last event has missed none, one that begins from now may have", async () => {
  const { asked, show, answer, follower } = watch();
  show("chats", "adminChats.list");
  follower.event(event("read.moved", { chatId: "c1" }));
  follower.started();
  expect(asked).toEqual([]);
  follower.ended();
  follower.started();
  expect(asked).toEqual(["chats"]);
  answer();
});

test("a new session asks again for what was refused for want of one, and for what was missed though the stream had not ended", async () => {
  const { queries, asked, show, answer, follower } = watch();
  const refused = (path: Name, code: string) => {
    const error = TRPCClientError.from({ error: { message: code, code: -32_000, data: { problem: { code } } } });
    queries
      .getQueryCache()
      .find({ queryKey: keyOf(path) })
      ?.setState({ status: "error", error });
  };
  show("chats", "adminChats.list");
  show("topics", "topics.list");
  show("templates", "templates.list");
  show("issuers", "issuers.list");
  follower.event(event("read.moved", { chatId: "c1" }));
  refused("topics.list", "unauthenticated");
  refused("templates.list", "forbidden");
  follower.signedIn();
  expect(asked).toEqual(["topics"]);
  follower.started();
  answer();
  await expect.poll(() => asked).toEqual(["topics", "chats"]);
});
