import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chat } from "../domain/chats/schema.ts";
import type { Message } from "../domain/messages/schema.ts";
import { ChatState, countUnread, readChat } from "./guide/chat-state.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "./stack.ts";

// Old state + events = new state, whatever happened in between, and the unread count is what anybody would count.

let stack: Stack;
let tenant: TestTenant;
let runs = 0;
/** As many as a small machine walks through in some ten seconds; never fewer, however busy it is. */
const worlds = 12;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const people = ["ada", "ben", "cleo"] as const;

const actions = {
  send: 6,
  edit: 2,
  delete: 2,
  read: 3,
  unread: 2,
  leave: 1,
  join: 2,
  rename: 1,
  catchUp: 2,
} as const;

const step = fc.record({
  action: fc.oneof(
    ...Object.entries(actions).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as keyof typeof actions),
    })),
  ),
  who: fc.nat(2),
  whom: fc.nat(2),
  chat: fc.nat(1),
  n: fc.nat(30),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Three people of this run alone, in two chats: one they all are in, and one that the third may come into. */
class World {
  readonly users: { userId: string; call: Caller; state: ChatState }[];
  readonly chats: { id: string; messageIds: string[] }[] = [];

  constructor() {
    const run = ++runs;
    this.users = people.map((name) => {
      const userId = `${name}-${run}`;
      const call = tenant.as(userId);
      return { userId, call, state: new ChatState(userId, call) };
    });
  }

  async prepare(): Promise<this> {
    const [ada, ben, cleo] = this.users.map(({ userId }) => userId);
    for (const memberUserIds of [[ben, cleo], [ben]]) {
      const { body } = await this.users[0]!.call<Chat>("POST", "/Chat", { name: `${ada}'s`, memberUserIds });
      this.chats.push({ id: body.id, messageIds: [] });
    }
    for (const { state } of this.users) await state.load();
    return this;
  }

  /** Does what a step says. What is not allowed is refused; nothing may fail. */
  async take({ action, who, whom, chat: at, n }: Step): Promise<void> {
    const { userId, call, state } = this.users[who]!;
    const chat = this.chats[at]!;
    const path = `/Chat/${chat.id}`;
    const message = `${path}/messages/${chat.messageIds[n % chat.messageIds.length]}`;
    const calls: Record<keyof typeof actions, () => Promise<{ status: number } | undefined>> = {
      send: async () => {
        const { status, body } = await call<Message>("POST", `${path}/messages`, { content: `said ${n}` });
        if (status === 201) chat.messageIds.push(body.id);
        return { status };
      },
      edit: () => call("PATCH", message, { content: `corrected ${n}` }),
      delete: () => call("DELETE", message),
      read: () => call("PUT", `${path}/read`, { seq: n }),
      unread: () => call("PUT", `${path}/read`, { seq: n, unread: true }),
      leave: () => call("DELETE", `${path}/members/${userId}`),
      join: () => call("POST", `${path}/members`, { userId: this.users[whom]!.userId }),
      rename: () => call("PATCH", path, { name: `name ${n}` }),
      catchUp: async () => {
        await state.catchUp();
        return undefined;
      },
    };
    const answer = await calls[action]();
    if (answer && answer.status >= 500) throw new Error(`${action} was answered with ${answer.status}`);
  }
}

test("after any history the events are enough, and unread is what a recount says", async () => {
  const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 25 });
  const property = fc.asyncProperty(histories, async (history) => {
    const world = await new World().prepare();
    for (const atOnce of history) {
      await Promise.all(atOnce.filter((step) => !isCatchUp(step)).map((step) => world.take(step)));
      for (const step of atOnce.filter(isCatchUp)) await world.take(step);
    }
    for (const { userId, call, state } of world.users) {
      await state.catchUp();
      const ids = (await call<{ data: Chat[] }>("GET", "/Chat?pageSize=50")).body.data.map(({ id }) => id);
      const fresh = await Promise.all(ids.sort().map((id) => readChat(call, id)));
      for (const chat of fresh)
        expect(chat?.unreadCount).toBe(countUnread(chat?.messages ?? [], chat?.lastReadSeq ?? 0, userId));
      expect(state.views()).toEqual(fresh);
    }
  });
  await fc.assert(property, { numRuns: worlds, endOnFailure: true });
}, 120_000);

function isCatchUp({ action }: Step): boolean {
  return action === "catchUp";
}
