import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { enqueueJobs } from "../persistence/jobs.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { configFor, type Stack, startStack } from "../testing/stack.ts";
import { startWorker } from "./worker.ts";

let stack: Stack;
let worker: { close(): Promise<void> };
let sink: Server;
let url: string;
const answered: string[] = [];

beforeAll(async () => {
  sink = createServer((request, response) => {
    if (request.url === "/hangs") return;
    answered.push(request.url ?? "");
    response.end();
  });
  sink.listen(0, "127.0.0.1");
  await once(sink, "listening");
  url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  stack = await startStack();
  worker = await startWorker(configFor(stack.database));
});
afterAll(async () => {
  sink.closeAllConnections();
  sink.close();
  await worker.close();
  await stack.close();
});

/** Has a tenant's webhook told so many times, as the plan of its channels' notices would. */
async function tell(id: string, path: string, times: number): Promise<void> {
  const tenant = await stack.tenant(id);
  const webhook = { url: `${url}${path}`, events: ["channel_occupied"] };
  expect((await tenant.key()("PATCH", "/admin/pusher", { webhooks: [webhook] })).status).toBe(200);
  const jobs = Array.from({ length: times }, (_, n) => ({
    task: "channel-webhook-delivery",
    payload: { tenantId: tenant.tenantId, url: webhook.url, body: "{}" },
    queue: `channel-webhooks:${tenant.tenantId}:${n % 4}`,
    last: true,
  }));
  await tenantTransaction(stack.api.services.db.prisma, tenant.tenantId, (tx) => enqueueJobs(tx, jobs));
}

test("webhooks that never answer, of as many tenants as fill all slots, leave half of them to others once that is known", async () => {
  const real = AbortSignal.timeout.bind(AbortSignal);
  const waiting: AbortController[] = [];
  const patience = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    if (ms !== 10_000) return real(ms);
    const controller = new AbortController();
    waiting.push(controller);
    return controller.signal;
  });
  await Promise.all([1, 2, 3, 4].map((n) => tell(`never-${n}`, "/hangs", 40)));
  await expect.poll(() => waiting.length).toBe(16);
  for (const controller of waiting.splice(0)) controller.abort();
  await expect.poll(() => waiting.length).toBeGreaterThanOrEqual(8);
  await tell("answers", "/lives", 1);
  await expect.poll(() => answered).toEqual(["/lives"]);
  patience.mockRestore();
  for (const controller of waiting) controller.abort();
});
