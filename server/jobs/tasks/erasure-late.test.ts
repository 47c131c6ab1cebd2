import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import type { Message } from "../../domain/messages/schema.ts";
import { type Stack, startStack } from "../../testing/stack.ts";
import { erasure } from "./erasure.ts";
import { runTask } from "./run-task.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test("what somebody joined and wrote while they were being erased goes with them", async () => {
  const { tenantId, as, key } = await stack.tenant("acme");
  const { db } = stack.api.services;
  await key()("PUT", "/Users/ada", { displayName: "Ada" });
  const { body } = await key()<{ taskId: string }>("POST", "/admin/users/ada/erase", { confirm: "ada" });
  const job = { tenantId, taskId: body.taskId, last: false };
  const task = () =>
    db.forTenant(tenantId).task.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: job.taskId } } });
  const chats: string[] = [];
  const write = async () => {
    // Of a token that is made in the second in which the erasure began nobody knows whether it was before.
    await expect.poll(async () => (await as("ada")("GET", "/Chat")).status, { timeout: 20_000 }).toBe(200);
    const chat = await as("ada")<Chat>("POST", "/Chat", { name: "Late", memberUserIds: ["ben"] });
    await as("ada")("POST", `/Chat/${chat.body.id}/messages`, { content: "Secret" });
    chats.push(chat.body.id);
  };
  const writtenBefore = [2, erasure.parts.findIndex(({ name }) => name === "rest")];
  const step = async () => {
    const { phase, status } = await task();
    if (status === "running" && writtenBefore.at(chats.length) === phase) await write();
  };
  while ((await task()).status !== "done") await runTask({ db, stopping: new AbortController().signal, step }, job);
  expect(chats).toHaveLength(2);
  for (const chat of chats) {
    const { body: messages } = await as("ben")<{ data: Message[] }>("GET", `/Chat/${chat}/messages`);
    expect(messages.data).toMatchObject([{ senderId: "ada", content: "" }]);
    const { body: members } = await key()<{ data: { userId: string }[] }>("GET", `/admin/chats/${chat}/members`);
    expect(members.data.map(({ userId }) => userId)).toEqual(["ben"]);
  }
});
