import { setMaxListeners } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { DomainError } from "../../errors.ts";
import { limits } from "../../schema.ts";
import { type CutProxy, openCutProxy } from "../../testing/cut-proxy.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { overSse, overWebSocket } from "../../testing/trpc-listener.ts";
import { Turn } from "./turn.ts";

let stack: Stack;
let wire: CutProxy;
let tenants = 0;

beforeAll(async () => {
  stack = await startStack();
  wire = await openCutProxy(stack.url);
});
afterAll(async () => {
  await wire.close();
  await stack.close();
});

/** A tenant whose users have so many calls, and a chat of two of them there. */
async function scene(user: { rate: number; burst: number }, connect = overWebSocket) {
  const tenant = await stack.tenant(`narrow-${++tenants}`);
  const ada = tenant.as("ada");
  const { id } = (await ada<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  const { nextCursor: since } = (await tenant.as("ben")<{ nextCursor: string }>("GET", "/events")).body;
  expect((await tenant.key()("PATCH", "/admin/tenant", { settings: { rates: { user } } })).status).toBe(200);
  const say = (content: string) => tenant.key({ "x-act-as-user": "ada" })("POST", `/Chat/${id}/messages`, { content });
  const client = connect(wire.url, async () => ({ token: await tenant.token("ben") }));
  const take = vi.spyOn(Turn.prototype, "take");
  onTestFinished(() => void vi.restoreAllMocks());
  /** Those that have come, and were not let in so far. */
  const inLine = () => take.mock.settledResults.filter(({ type }) => type === "incomplete").length;
  return { tenant, since, say, client, inLine };
}

/** No time goes by for what a user may call, however long the machine takes, until the returned function is called. */
function stopClock(): () => void {
  // Fake timers would not do: with them a poll moves the time on.
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
  return () => clock.mockRestore();
}

/** Until nothing is left of what a user may call. */
async function spend(tenant: TestTenant): Promise<void> {
  while ((await tenant.as("ben")("GET", "/Chat")).status !== 429);
}

test("subscriptions that are refused when they come back wait for their turn, and resume where they were", async () => {
  const { tenant, since, say, client, inLine } = await scene({ rate: 1, burst: 3 });
  const open = [client.listen({ since }), client.listen({ since })];
  await say("before");
  for (const listening of open) await listening.until(1);
  const goOn = stopClock();
  await spend(tenant);
  wire.cut();
  wire.mend();
  await say("meanwhile");
  await expect.poll(inLine).toBe(2);
  goOn();
  for (const listening of open) await listening.until(2);
  for (const listening of open) {
    expect(listening.texts()).toEqual(["before", "meanwhile"]);
    expect(listening.error).toBeUndefined();
  }
  client.close();
});

test("so does one that is refused at first", async () => {
  const { tenant, client, inLine } = await scene({ rate: 1, burst: 1 });
  const goOn = stopClock();
  await spend(tenant);
  const listening = client.listen();
  await expect.poll(inLine).toBe(1);
  goOn();
  await listening.started;
  expect(listening.error).toBeUndefined();
  client.close();
});

test("one that is stopped while it waits leaves the line to those behind it", async () => {
  const { tenant, client, inLine } = await scene({ rate: 1, burst: 1 });
  const goOn = stopClock();
  await spend(tenant);
  const stopped = client.listen();
  await expect.poll(inLine).toBe(1);
  const waiting = client.listen();
  await expect.poll(inLine).toBe(2);
  stopped.stop();
  await expect.poll(inLine).toBe(1);
  goOn();
  await waiting.started;
  expect(stack.api.realtime.connectionsOf(tenant.tenantId)).toHaveLength(1);
  client.close();
});

test("over server-sent events the client of one that is refused when it comes back tries again, and resumes", async () => {
  const { tenant, since, say, client } = await scene({ rate: 1, burst: 2 }, overSse);
  const listening = client.listen({ since });
  await say("before");
  await listening.until(1);
  const goOn = stopClock();
  await spend(tenant);
  wire.cut();
  wire.mend();
  await say("meanwhile");
  await expect.poll(() => listening.setbacks, { timeout: 20_000 }).toContain("rate_limited");
  goOn();
  await listening.until(2);
  expect(listening.texts()).toEqual(["before", "meanwhile"]);
  expect(listening.error).toBeUndefined();
  client.close();
});

test("over server-sent events one without a place to resume at is told that it was refused: it would miss what comes meanwhile", async () => {
  const { tenant, client } = await scene({ rate: 1, burst: 1 }, overSse);
  stopClock();
  await spend(tenant);
  expect(await client.listen().failed()).toEqual({ code: "rate_limited", status: 429 });
  client.close();
});

test("whoever would wait for minutes is told so at once", async () => {
  const later = new DomainError("rate_limited", { retryAfter: 100 });
  await expect(new Turn().take(() => Promise.reject(later), new AbortController().signal)).rejects.toBe(later);
});

test("the line is bounded, moves on by its first, and ends with the connection", async () => {
  const turn = new Turn();
  const gone = new AbortController();
  setMaxListeners(0, gone.signal); // as a socket's
  let free = 0;
  const attempt = async () => {
    if (free <= 0) throw new DomainError("rate_limited", { retryAfter: 0 });
    free--;
  };
  const ends = Array.from({ length: limits.connectionsPerUser }, () => turn.take(attempt, gone.signal));
  const refused = { code: "rate_limited" };
  await expect(turn.take(attempt, gone.signal)).rejects.toMatchObject(refused);
  free = 150;
  await Promise.all(ends.slice(0, 150));
  gone.abort();
  const left = await Promise.allSettled(ends.slice(150));
  expect(left).toEqual(Array(50).fill(expect.objectContaining({ reason: expect.objectContaining(refused) })));
  await expect(turn.take(() => Promise.reject(new DomainError("forbidden")), gone.signal)).rejects.toMatchObject({
    code: "forbidden",
  });
});
