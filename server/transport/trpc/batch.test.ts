import { createTRPCClient, httpBatchLink, httpBatchStreamLink } from "@trpc/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../testing/stack.ts";
import { Batch } from "./batch.ts";
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

test("calls that wait for events keep no other call of their batch waiting, and hear what comes meanwhile", async () => {
  const acme = await stack.tenant("waiting");
  const headers = { authorization: `Bearer ${await acme.token("ada")}` };
  const link = httpBatchStreamLink({ url: `${stack.url}/api/trpc`, headers });
  const trpc = createTRPCClient<AppRouter>({ links: [link] });
  const { id: chatId } = await trpc.chats.create.mutate({ name: "quiet" });
  const { nextCursor: after } = await trpc.events.list.query();
  const waits = Array.from({ length: 12 }, () => trpc.events.list.query({ after, wait: 5 }));
  expect((await trpc.chats.list.query()).data).toHaveLength(1);
  await trpc.messages.send.mutate({ chatId, content: "at last" });
  const heard = (await Promise.all(waits)).map(({ data }) => data.map(({ type }) => type));
  expect(heard).toEqual(Array(12).fill(["message.created"]));
});

test("calls that have waited take places again, and are told where the answers have become large meanwhile", async () => {
  const batch = new Batch();
  let [inside, most] = [0, 0];
  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const calls = Array.from({ length: 40 }, () =>
    batch.run(async (standAside) => {
      await standAside(() => woken);
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
      return "x".repeat(1024 * 1024);
    }),
  );
  expect(await batch.run(async () => "not held up")).toBe("not held up");
  wake();
  const answers = await Promise.allSettled(calls);
  expect(most).toBe(10);
  const refused = answers.filter(({ status }) => status === "rejected");
  expect(answers.length - refused.length).toBeLessThan(16 + 10);
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) expect(one).toMatchObject({ reason: { code: "too_large" } });
});
