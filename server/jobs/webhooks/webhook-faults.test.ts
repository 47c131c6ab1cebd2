import dns from "node:dns";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PresentedDelivery } from "../../domain/webhooks/schema.ts";
import { Planner } from "../../log/planner.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { eventually } from "../../testing/hub-client.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { openReceiver, type Receiver } from "../../testing/webhook-receiver.ts";
import { consumers } from "../consumers.ts";
import { runRetention } from "../retention.ts";
import { startWorker } from "../worker.ts";
import { sendWebhooks } from "./send-webhooks.ts";
import { type ClaimedWebhook, claimWebhook, finishWebhook, nextWebhook } from "./webhook-store.ts";

// What befalls webhooks beside slow endpoints: addresses that lead inside, a restored database, and their end.

let stack: Stack;
let acme: TestTenant;
let owner: pg.Client;
let sink: Receiver;

beforeAll(async () => {
  [stack, sink] = await Promise.all([startStack(), openReceiver()]);
  acme = await stack.tenant("acme");
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await Promise.all([owner.end(), sink.close()]);
  await stack.close();
});

const listen = async (url: string) =>
  (await acme.key()<{ id: string }>("POST", "/admin/webhooks", { url, types: ["message.created"] })).body.id;
const deliveries = async (id: string) =>
  (await acme.key()<{ data: PresentedDelivery[] }>("GET", `/admin/webhooks/${id}/deliveries?limit=200`)).body.data;
const makeChat = async () => (await acme.as("ada")<{ id: string }>("POST", "/Chat", { name: "Crew" })).body.id;
const say = (chatId: string, content: string) => acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content });
const startedWorker = (changes: object = {}) =>
  startWorker(configFor(stack.database, changes), { look: 50, webhooks: { delays: [50] } });
const onError = (error: unknown) => {
  throw error;
};
const planner = () => new Planner({ db: stack.api.services.db, consumers, onError });

/** An address that anybody may be asked at. */
const outside = "8.8.8.8";

/** Names of the test: what each look-up answers in turn, and how many there were. Other names are looked up as ever. */
function holdNames(names: Record<string, string[]>) {
  const asked: Record<string, number> = {};
  const real = dns.lookup;
  const spy = vi.spyOn(dns, "lookup").mockImplementation(((name: string, ...rest: unknown[]) => {
    const answers = names[name];
    const callback = rest.at(-1) as (error: null, ...answer: unknown[]) => void;
    if (!answers) return (real as (...args: unknown[]) => void)(name, ...rest);
    asked[name] = (asked[name] ?? 0) + 1;
    const address = answers[Math.min(asked[name], answers.length) - 1] ?? "";
    const family = address === outside ? 6 : 4; // of a family that it is not: the system refuses to connect, and nothing leaves the machine
    const { all } = (rest.length > 1 ? rest[0] : {}) as { all?: boolean };
    setImmediate(callback, null, ...(all ? [[{ address, family }]] : [address, family]));
  }) as never);
  syncBuiltinESMExports();
  return {
    asked,
    release: () => {
      spy.mockRestore();
      syncBuiltinESMExports();
    },
  };
}

test("no try reaches a private address: by number, by name, or by a name that is pointed inside after the first look", async () => {
  const inside = createServer((socket) => socket.destroy());
  const reached = vi.fn();
  inside.on("connection", reached).listen(0, "127.0.0.1");
  await once(inside, "listening");
  const { port } = inside.address() as AddressInfo;
  // Each try looks once and judges what it connects to: who judged a look of its own first would be led inside by the second.
  const names = holdNames({ "inside.example": ["127.0.0.1"], "rebinding.example": [outside, "127.0.0.1"] });
  const worker = await startedWorker({ allowPrivateNetworks: false });
  const ids: string[] = [];
  for (const host of ["127.0.0.1", "[::ffff:127.0.0.1]", "inside.example", "rebinding.example"])
    ids.push(await listen(`https://${host}:${port}/hook`));
  const plain = await listen(`http://inside.example:${port}/hook`);
  await say(await makeChat(), "who is there?");
  for (const id of ids)
    await eventually(async () =>
      expect(await deliveries(id)).toMatchObject([
        { status: "failed", attempts: 2, detail: "The address is private or reserved" },
      ]),
    );
  await eventually(async () => expect(await deliveries(plain)).toMatchObject([{ status: "failed", attempts: 2 }]));
  expect(names.asked).toEqual({ "inside.example": 2, "rebinding.example": 2 });
  expect(reached).not.toHaveBeenCalled();
  names.release();
  await worker.close();
  inside.close();
  for (const id of [...ids, plain]) await acme.key()("DELETE", `/admin/webhooks/${id}`);
});

test("endpoints that never answer take no worker's time from another, be they as many as it has slots and more", async () => {
  sink.answer("/hangs", () => undefined);
  const dead = await Promise.all(Array.from({ length: 5 }, () => listen(`${sink.url}/hangs`)));
  const live = await listen(`${sink.url}/lives`);
  const chatId = await makeChat();
  const options = { look: 50, concurrency: 2, webhooks: { slot: 50 } };
  const worker = await startWorker(configFor(stack.database), options);
  for (let n = 0; n < 5; n++) await say(chatId, `n ${n}`);
  await eventually(() => expect(sink.of("/hangs").length).toBeGreaterThanOrEqual(5 * 4)); // each as many as it may have
  await say(chatId, "to who lives");
  await eventually(() => expect(sink.of("/lives")).toHaveLength(6));
  const states = await Promise.all(dead.map(async (id) => (await deliveries(id)).map(({ status }) => status)));
  expect(new Set(states.flat())).toEqual(new Set(["queued"])); // all of them hang to this moment
  for (const id of [...dead, live]) await acme.key()("DELETE", `/admin/webhooks/${id}`);
  sink.letGo();
  await worker.close();
});

test("an endpoint in trouble is tried with one delivery at a time, and let be for longer each time, until one gets through", async () => {
  const id = await listen(`${sink.url}/trouble`);
  const chatId = await makeChat();
  for (let n = 0; n < 3; n++) await say(chatId, `n ${n}`);
  await planner().plan(acme.tenantId);
  const { db } = stack.api.services;
  const hour = 3_600_000;
  const patience = { trouble: 2, lease: hour, pause: hour, disableAfter: 1000 * hour };
  const claim = async () => {
    const first = await claimWebhook(db.pool, acme.tenantId, id, patience);
    const second = await claimWebhook(db.pool, acme.tenantId, id, patience);
    return [first, second].filter((claimed) => claimed !== undefined);
  };
  const finish = (claimed: ClaimedWebhook, status: "queued" | "delivered") =>
    tenantTransaction(db.prisma, acme.tenantId, (tx) =>
      finishWebhook(tx, acme.tenantId, claimed, { status, dueAt: new Date(0), said: {} }, patience),
    );
  const pause = () =>
    tenantTransaction(db.prisma, acme.tenantId, async (tx) => {
      const at = await nextWebhook(tx, acme.tenantId, id, patience);
      return Math.round(((at?.getTime() ?? 0) - Date.now()) / hour);
    });
  const atOnce: number[] = [];
  const pauses: number[] = [];
  for (let round = 0; round < 6; round++) {
    const claimed = await claim();
    atOnce.push(claimed.length);
    for (const each of claimed) await finish(each, "queued");
    pauses.push(await pause());
    expect(await claim()).toEqual([]);
    await owner.query("update webhook_endpoints set open_until = now() where id = $1", [id]);
  }
  expect({ atOnce, pauses }).toEqual({ atOnce: [2, 1, 1, 1, 1, 1], pauses: [1, 2, 4, 8, 10, 10] });
  for (const each of await claim()) await finish(each, "delivered");
  expect(await claim()).toHaveLength(2);
  await acme.key()("DELETE", `/admin/webhooks/${id}`);
});

test("what is queued when somebody disables an endpoint does not go out when it is enabled again", async () => {
  sink.answer("/stopped", () => ({ status: 503, headers: { "retry-after": "3600" } }));
  const id = await listen(`${sink.url}/stopped`);
  const change = (state: string) => acme.key()("PATCH", `/admin/webhooks/${id}`, { state });
  const chatId = await makeChat();
  const worker = await startedWorker();
  await say(chatId, "before");
  await eventually(async () =>
    expect(await deliveries(id)).toMatchObject([{ status: "queued", detail: "It answered 503" }]),
  );
  await change("disabled");
  expect(await deliveries(id)).toMatchObject([{ status: "failed", detail: "The endpoint was disabled" }]);
  // As a plan that was being written meanwhile leaves it.
  await owner.query("update webhook_deliveries set status = 'queued', due_at = now() where endpoint_id = $1", [id]);
  sink.answer("/stopped", () => ({ status: 200 }));
  await change("active");
  await say(chatId, "after");
  await eventually(() => expect(sink.of("/stopped").map(({ body }) => body.data.content)).toEqual(["before", "after"])); // the first of them refused
  expect((await deliveries(id)).at(-1)).toMatchObject({ status: "failed", attempts: 1 });
  await worker.close();
  await acme.key()("DELETE", `/admin/webhooks/${id}`);
});

test("a try that cannot be noted ends its job when the others of it have ended too", async () => {
  const id = await listen(`${sink.url}/others`);
  for (const text of ["one", "two"]) await say(await makeChat(), text);
  await planner().plan(acme.tenantId);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let claims = 0;
  const step = async (name: string) => {
    if (name !== "webhook claimed") return;
    if (++claims > 1) throw new Error("its database is gone");
    await gate;
  };
  const { db } = stack.api.services;
  const context = {
    config: stack.config,
    db,
    stopping: new AbortController().signal,
    hanging: new Map<Promise<void>, string>(),
  };
  const job = sendWebhooks(
    { ...context, log: pino({ enabled: false }), step, webhookPatience: { slot: 600_000 } },
    acme.tenantId,
    id,
  );
  const ended = vi.fn();
  job.then(ended, ended);
  await eventually(() => expect(claims).toBe(2));
  await deliveries(id); // time for the job to end by that fault
  expect(ended).not.toHaveBeenCalled();
  go();
  await expect(job).rejects.toThrow("its database is gone");
  expect((await deliveries(id)).map(({ status }) => status).toSorted()).toEqual(["delivered", "queued"]);
  await acme.key()("DELETE", `/admin/webhooks/${id}`);
});

test("after a restore, what is from before waits for somebody to send it; what comes then goes out by itself", async () => {
  const chatId = await makeChat();
  const id = await listen(`${sink.url}/restored`);
  await say(chatId, "planned before");
  await planner().plan(acme.tenantId);
  await say(chatId, "before");
  await owner.query("update tenant_log set epoch = epoch + 1 where tenant_id = 'acme'");
  await planner().plan(acme.tenantId);
  await say(chatId, "after");
  const worker = await startedWorker();
  const texts = () => sink.of("/restored").map(({ body }) => body.data.content);
  await eventually(() => expect(texts()).toEqual(["after"]));
  const waits = { status: "waiting", attempts: 0 };
  await eventually(async () => expect(await deliveries(id)).toMatchObject([{ status: "delivered" }, waits, waits]));
  for (const { id: waiting } of (await deliveries(id)).slice(1).reverse()) {
    const resend = `/admin/webhooks/${id}/deliveries/${waiting}/resend`;
    expect((await acme.key()("POST", resend)).status).toBe(200);
  }
  await eventually(() => expect(texts().toSorted()).toEqual(["after", "before", "planned before"]));
  await eventually(async () =>
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"]),
  );
  await worker.close();
});

test("deliveries and their tries go with the events they were of, the younger and another tenant's stay", async () => {
  const count = async () => {
    const { rows } = await owner.query(
      `select (select count(*) from webhook_deliveries where tenant_id = 'acme')::int as deliveries,
         (select count(*) from webhook_attempts where tenant_id = 'acme')::int as tries`,
    );
    return rows[0];
  };
  expect(await count()).toEqual({ deliveries: 3, tries: 3 });
  await owner.query(`insert into webhook_deliveries (tenant_id, id, endpoint_id, epoch, type, lane, status, created_at)
    values ('other', gen_random_uuid(), gen_random_uuid(), 1, 'message.created', '', 'delivered', now() - interval '13 days'),
      ('acme', gen_random_uuid(), gen_random_uuid(), 1, 'message.created', '', 'queued', now())`); // this one planned while its endpoint was deleted
  const [newest] = await deliveries(
    (await acme.key()<{ data: { id: string }[] }>("GET", "/admin/webhooks")).body.data[0]?.id ?? "",
  );
  await owner.query(
    "update webhook_deliveries set created_at = now() - interval '15 days' where tenant_id = 'acme' and id <> $1",
    [newest?.id],
  );
  await runRetention(stack.api.services.db);
  expect(await count()).toEqual({ deliveries: 1, tries: 1 });
  expect((await owner.query("select 1 from webhook_deliveries where tenant_id = 'other'")).rowCount).toBe(1);
});
