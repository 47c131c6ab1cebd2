import { createTRPCClient, httpLink } from "@trpc/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../../server/testing/stack.ts";
import type { AppRouter } from "../../../server/transport/trpc/router.ts";
import { restoreMember } from "./restore-member.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const mutedUntil = "9999-01-01T00:00:00.000Z";

/** A chat of ada, who owns it, and ben, who may not write; with what its page does there. */
async function open() {
  const headers = { authorization: `Bearer ${await tenant.token("root", ["Admin"])}` };
  const calls: string[] = [];
  const watched: typeof fetch = (...call) => {
    calls.push(new URL(String(call[0])).pathname);
    return fetch(...call);
  };
  const url = `${stack.url}/api/trpc`;
  const client = createTRPCClient<AppRouter>({ links: [httpLink({ url, headers, fetch: watched as never })] });
  const { adminChats } = client;
  const made = await tenant.as("ada")<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  const chatId = made.body.id;
  await adminChats.updateMember.mutate({ chatId, userId: "ben", mutedUntil });
  const members = async () => (await adminChats.listMembers.query({ chatId })).data;
  return {
    calls,
    add: (userId: string) => adminChats.addMembers.mutate({ chatId, userIds: [userId] }),
    /** Removes somebody, and answers with what takes it back. */
    async remove(userId: string) {
      const member = (await members()).find((one) => one.userId === userId);
      if (!member) throw new Error(`${userId} is not there`);
      const removed = await adminChats.removeMember.mutate({ chatId, userId });
      return () => restoreMember(client, { chatId, member, removed });
    },
    shown: async () => (await members()).map(({ userId, role, mutedUntil }) => ({ userId, role, mutedUntil })),
  };
}

const ada = { userId: "ada", role: "owner", mutedUntil: null };
const ben = { userId: "ben", role: "member", mutedUntil };

test.each(["ada", "ben"])("%s is back as before, and so is whom the chat was passed on to", async (userId) => {
  const { remove, shown } = await open();
  const restore = await remove(userId);
  expect(await restore()).toBe("restored");
  expect(await shown()).toEqual([ada, ben]);
});

test("whoever comes back into a chat that everybody has left owns it, and stays muted, until its owner is back", async () => {
  const { remove, shown } = await open();
  const restoreBen = await remove("ben");
  const restoreAda = await remove("ada");
  expect(await restoreBen()).toBe("owns");
  expect(await shown()).toEqual([{ ...ben, role: "owner" }]);
  expect(await restoreAda()).toBe("restored");
  expect(await shown()).toEqual([ada, ben]);
});

test("one call brings somebody back, so that a muted member is muted at every moment", async () => {
  const { remove, calls } = await open();
  const restore = await remove("ben");
  calls.length = 0;
  await restore();
  expect(calls).toEqual(["/api/trpc/adminChats.addMembers"]);
});

test("whom somebody has added meanwhile is left as they are", async () => {
  const { remove, add, shown } = await open();
  const restore = await remove("ben");
  await add("ben");
  expect(await restore()).toBe("present");
  expect(await shown()).toEqual([ada, { ...ben, mutedUntil: null }]);
});
