import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { width } from "../../domain/webhooks/policy.ts";
import type { Envelope } from "../../events.ts";
import { configFor, type Stack, startStack } from "../stack.ts";
import { openReceiver, type Receiver } from "../webhook-receiver.ts";
import { openWorkers } from "../worker-process.ts";

// Worker processes are killed between any two steps of a webhook: none lost, and none twice but what was under way just then.

let stack: Stack;
let owner: pg.Client;
let sink: Receiver;
let workers: Awaited<ReturnType<typeof openWorkers>>;

beforeAll(async () => {
  [stack, workers, sink] = await Promise.all([startStack(), openWorkers(), openReceiver()]);
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await workers.close();
  await Promise.all([owner.end(), sink.close()]);
  await stack.close();
});

const { roles, ...config } = { ...configFor({ ownerUrl: "", runtimeUrl: "" } as Stack["database"]) };
const options = {
  concurrency: 2,
  beat: 100,
  patience: 600,
  look: 50,
};
const delays = [50, 50, 50, 50, 50];

/** At each of these a worker dies once. How the planner dies at its own steps, the mails' test shows. */
const steps = ["webhook claimed", "webhook answered", "webhook noted"];

test("killed once at every step, workers lose no event, and send again only what was under way, under its own id", async () => {
  const tenant = await stack.tenant("acme");
  const runtimeUrl = new URL(stack.database.runtimeUrl);
  runtimeUrl.searchParams.set("application_name", "killed");
  const database = { ...stack.config.database, runtimeUrl: runtimeUrl.href };
  const start = (slot: number, step?: string) => {
    const order = { config: { ...config, database }, options: { ...options, webhooks: { delays, slot } } };
    return workers.start({ ...order, ...(step ? { dieAt: { step } } : {}) });
  };
  const sessions = async () =>
    (await owner.query("select count(*)::int as n from pg_stat_activity where application_name = 'killed'")).rows[0].n;
  const { nextCursor } = (await tenant.key()<{ nextCursor: string }>("GET", "/events")).body;
  await tenant.key()("POST", "/admin/webhooks", { url: `${sink.url}/free` });
  await tenant.key()("POST", "/admin/webhooks", { url: `${sink.url}/ordered`, ordered: true });
  const chatId = (await tenant.as("ada")("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body.id;
  for (const [index, dieAt] of steps.entries()) {
    for (let n = 0; n < 4; n++)
      await tenant.as("ada")("POST", `/Chat/${chatId}/messages`, { content: `${index}.${n}` });
    // With its job's slot, and after it has left that to others.
    await start(index % 2 === 0 ? 60_000 : 0, dieAt).ended;
    // What the dead had asked of Postgres, such as one more claim, is done to its end.
    await expect.poll(sessions, { timeout: 30_000, interval: 20 }).toBe(0);
    // The minute is over after which the dead are not waited for.
    await owner.query("update webhook_deliveries set claimed_until = now() where claimed_until is not null");
    await owner.query("update graphile_worker._private_jobs set run_at = now() where run_at > now()");
  }
  const last = start(60_000);
  await last.ready;
  const { data: log } = (await tenant.key()<{ data: Envelope[] }>("GET", `/events?after=${nextCursor}&limit=200`)).body;
  expect(log).toHaveLength(4 * steps.length + 1);
  const open = async () =>
    (await owner.query("select count(*)::int as n from webhook_deliveries where status = 'delivered'")).rows[0].n;
  await expect.poll(open, { timeout: 30_000, interval: 50 }).toBe(2 * log.length);
  await last.kill();

  const cut = (await owner.query("select count(*)::int as n from webhook_attempts where ms is null")).rows[0].n;
  expect(cut).toBeLessThanOrEqual(steps.length * 2 * width);
  for (const path of ["/free", "/ordered"]) {
    const firsts = [...new Map(sink.of(path).map((one) => [one.id, one.body.eventId])).entries()];
    expect(new Set(firsts.map(([id]) => id))).toEqual(new Set(log.map(({ eventId }) => eventId)));
    expect(firsts.every(([id, eventId]) => id === eventId)).toBe(true);
    // In order where it was asked for, whatever came twice.
    if (path === "/ordered") expect(firsts.map(([id]) => id)).toEqual(log.map(({ eventId }) => eventId));
  }
  const twice = sink.received.length - 2 * log.length;
  expect(twice).toBeGreaterThan(0); // one died when its request had been taken
  expect(twice).toBeLessThanOrEqual(cut);
}, 150_000);
