import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../testing/stack.ts";
import type { AppRouter } from "./router.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test("a batch whose answers are large together runs no more calls; each of them goes by another one", async () => {
  const acme = await stack.tenant("acme");
  const headers = { authorization: `Bearer ${await acme.token("ada")}` };
  const trpc = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${stack.url}/api/trpc`, headers })] });
  const { id: chatId } = await trpc.chats.create.mutate({ name: "long" });
  for (let i = 0; i < 64; i++) await trpc.messages.send.mutate({ chatId, content: "x".repeat(16 * 1024) });
  const list = () => trpc.messages.list.query({ chatId, limit: 200 });
  const answers = await Promise.allSettled(Array.from({ length: 40 }, list));
  const refused = answers.filter(({ status }) => status === "rejected");
  const size = JSON.stringify(answers.filter(({ status }) => status === "fulfilled")).length;
  expect(size).toBeGreaterThan(16 * 1024 * 1024);
  expect(size).toBeLessThan(40 * 1024 * 1024);
  for (const one of refused) expect(one).toMatchObject({ reason: { data: { problem: { code: "too_large" } } } });
  expect((await list()).data.length).toBeGreaterThan(60);
});
