import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { type Stack, startStack } from "../../testing/stack.ts";

let stack: Stack;
let worker: { close(): Promise<void> };
const servers: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  stack = await startStack();
  const minute = 60_000; // nothing that is put off comes while the test runs
  const patience = { first: minute, faults: 1, open: minute, again: 200, slot: 300 };
  worker = await startMailWorker(stack.config, { look: 100, mail: { patience } });
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await worker.close();
  await stack.close();
});

test("a server that was just set is not let be for what is still being tried with the one before", async () => {
  const tries: Socket[] = [];
  const silent = await startMailServer({ data: (_mail, { socket }) => void tries.push(socket) });
  const good = await startMailServer();
  servers.push(silent, good);
  const key = (await stack.tenant("acme")).key();
  const set = ({ port }: { port: number }) =>
    key("PATCH", "/admin/mail/settings", {
      host: "127.0.0.1",
      port,
      security: "none",
      fromAddress: "news@acme.example",
    });
  await set(silent);
  await key("POST", "/Notifications", { userId: "ada", email: "ada@example.com", subject: "s", message: "m" });
  await expect.poll(() => tries.length).toBe(1);
  await set(good);
  tries[0]?.destroy();
  await expect.poll(() => good.mails.length).toBe(1);
  expect((await key("GET", "/admin/mail/settings")).body).toMatchObject({ port: good.port, failures: 0 });
});
