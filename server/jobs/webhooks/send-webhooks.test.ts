import pg from "pg";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import { nextTry, retryDelays, webhookPatience } from "../../domain/webhooks/policy.ts";
import type { Envelope } from "../../events.ts";
import { makeOperator } from "../../testing/console.ts";
import { eventually } from "../../testing/hub-client.ts";
import { configFor, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { openReceiver, type Received, type Receiver } from "../../testing/webhook-receiver.ts";
import { startWorker } from "../worker.ts";

// Webhooks out, over real HTTP, verified by the two libraries that receivers use.

interface Made {
  id: string;
  secret: string;
  state: string;
  reason?: string;
}
interface Delivery {
  id: string;
  type: string;
  status: string;
  detail?: string;
  sample: boolean;
  attempts: number;
  webhookMessageId: string;
  tries: { number: number; ms?: number; status?: number; answer?: string; fault?: string }[];
}

let stack: Stack;
let acme: TestTenant;
let globex: TestTenant;
let sink: Receiver;
let owner: pg.Client;
let worker: { close(): Promise<void> };
/** Short waits: what is shown is what waits for what, not for how long. */
const patience = { delays: [50, 100, 150, 200], trouble: 4, pause: 100, disableAfter: 60_000 };

beforeAll(async () => {
  sink = await openReceiver();
  stack = await startStack();
  [acme, globex] = [await stack.tenant("acme"), await stack.tenant("globex")];
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  worker = await startWorker(configFor(stack.database), { look: 50, webhooks: patience });
});
afterAll(async () => {
  await sink.close(); // whoever waits for it for ever, waits no more
  await worker.close();
  await owner.end();
  await stack.close();
});

const listen = async (tenant: TestTenant, path: string, choices: object = {}) =>
  (await tenant.key()<Made>("POST", "/admin/webhooks", { url: `${sink.url}${path}`, ...choices })).body;
const change = (id: string, body: object) => acme.key()<Made>("PATCH", `/admin/webhooks/${id}`, body);
const drop = (id: string) => acme.key()("DELETE", `/admin/webhooks/${id}`);
const deliveries = async (id: string, query = "") =>
  (await acme.key()<{ data: Delivery[] }>("GET", `/admin/webhooks/${id}/deliveries?limit=200${query}`)).body.data;
const detail = async (id: string, deliveryId: string) =>
  (await acme.key()<Delivery>("GET", `/admin/webhooks/${id}/deliveries/${deliveryId}`)).body;
const makeChat = async (tenant: TestTenant, name = "Crew") =>
  (await tenant.as("ada")<Chat>("POST", "/Chat", { name, memberUserIds: ["ben"] })).body.id;
const say = (tenant: TestTenant, chatId: string, content: string) =>
  tenant.as("ada")("POST", `/Chat/${chatId}/messages`, { content });
const texts = (list: Received[]) => list.map(({ body }) => body.data.content);
const only = { types: ["message.created"] };

test("events come as the log has them, each tenant's its own, verified by standardwebhooks and by svix", async () => {
  const [mine, theirs] = [await listen(acme, "/acme"), await listen(globex, "/globex")];
  expect(mine.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const { nextCursor } = (await acme.key()<{ nextCursor: string }>("GET", "/events")).body;
  const chatId = await makeChat(acme);
  await say(acme, chatId, "Grüße, 👋");
  await acme.key()("POST", "/Notifications", { userId: "ada", subject: "Welcome", message: "Aboard" });
  const log = (await acme.key()<{ data: Envelope[] }>("GET", `/events?after=${nextCursor}`)).body.data;
  await eventually(() => expect(sink.of("/acme")).toHaveLength(log.length));
  const got = sink.of("/acme").toSorted((a, b) => (a.body.eventId === log[0]?.eventId ? -1 : a.id < b.id ? -1 : 1));
  expect(new Map(got.map(({ id, body }) => [id, body]))).toEqual(
    new Map(log.map((event) => [event.eventId, { ...event, timestamp: event.at }])),
  );
  expect(sink.of("/globex")).toEqual([]);
  await makeChat(globex);
  await eventually(() => expect(sink.of("/globex")[0]?.body).toMatchObject({ type: "chat.created" }));
  for (const { raw, headers, body } of got) {
    expect(headers["content-type"]).toBe("application/json");
    expect(new Standard(mine.secret).verify(raw, headers)).toEqual(body);
    expect(new Svix(mine.secret).verify(raw, headers)).toEqual(body);
    expect(() => new Standard(theirs.secret).verify(raw, headers)).toThrow("No matching signature");
    expect(() => new Standard(mine.secret).verify(`${raw} `, headers)).toThrow();
  }
  expect(
    (await owner.query("select secret from webhook_endpoints where id = $1", [mine.id])).rows[0].secret,
  ).not.toContain(mine.secret.slice(6));
  await drop(mine.id);
});

test("an endpoint gets only the types and the chat that it asks for, until it asks for none", async () => {
  const [one, other] = [await makeChat(acme, "One"), await makeChat(acme, "Other")];
  const { id } = await listen(acme, "/filtered", { types: ["message.created", "message.edited"], chatId: one });
  await say(acme, other, "not this");
  await acme.as("ada")("PATCH", `/Chat/${one}`, { name: "Not this either" });
  await say(acme, one, "this");
  await eventually(async () => expect(await deliveries(id)).toMatchObject([{ status: "delivered" }]));
  expect(texts(sink.of("/filtered"))).toEqual(["this"]);
  expect((await change(id, { chatId: null, url: null })).body).toMatchObject({ chatId: null });
  await say(acme, other, "now this too");
  await eventually(() => expect(texts(sink.of("/filtered"))).toEqual(["this", "now this too"]));
  await drop(id);
});

test("in order: a failing event holds its chat of its endpoint, and nothing else", async () => {
  const [bad, good] = [await makeChat(acme, "Bad"), await makeChat(acme, "Good")];
  let [mend, tried] = [() => {}, 0];
  const mended = new Promise<void>((resolve) => (mend = resolve));
  // The third try lasts until all else was seen: an event that fails for ever is given up at some time.
  sink.answer("/ordered", async ({ body }) => {
    if (body.data.content === "bad 1" && ++tried <= 2) return { status: 500, body: "so so" };
    if (body.data.content === "bad 1") await mended;
    return { status: 200 };
  });
  const ordered = await listen(acme, "/ordered", { ...only, ordered: true });
  const beside = await listen(acme, "/beside", only);
  for (const n of [1, 2, 3]) {
    await say(acme, bad, `bad ${n}`);
    await say(acme, good, `good ${n}`);
  }
  await eventually(() => {
    expect(tried).toBe(3);
    expect(texts(sink.of("/ordered")).filter((text) => text !== "bad 1")).toEqual(["good 1", "good 2", "good 3"]);
    expect(sink.of("/beside")).toHaveLength(6);
  });
  const ids = new Set(sink.of("/ordered").flatMap(({ id, body }) => (body.data.content === "bad 1" ? [id] : [])));
  mend();
  await eventually(() => expect(texts(sink.of("/ordered")).slice(-2)).toEqual(["bad 2", "bad 3"]));
  const [first] = (await deliveries(ordered.id, `&chatId=${bad}`)).slice(-1);
  const { tries, status, webhookMessageId } = await detail(ordered.id, first?.id ?? "");
  expect(status).toBe("delivered");
  expect([...ids]).toEqual([webhookMessageId]);
  expect(tries[0]).toMatchObject({ number: 1, status: 500, answer: "so so", ms: expect.any(Number) });
  expect(tries.at(-1)).toMatchObject({ number: tries.length, status: 200 });
  await eventually(async () => {
    const { body } = await acme.key()<{ lately: object }>("GET", `/admin/webhooks/${ordered.id}`);
    const { data } = (await acme.key()<{ data: (typeof body & Made)[] }>("GET", "/admin/webhooks")).body;
    const total = (await deliveries(ordered.id)).reduce((sum, { attempts }) => sum + attempts, 0);
    expect(body.lately).toEqual({ tries: total, succeeded: 6, p95Ms: expect.any(Number) });
    expect(data.find(({ id }) => id === ordered.id)?.lately).toEqual(body.lately);
  });
  await Promise.all([drop(ordered.id), drop(beside.id)]);
});

test("an endpoint that never answers delays no other, and has four requests under way at most", async () => {
  sink.answer("/dead", () => undefined);
  const chatId = await makeChat(acme);
  const [dead, live] = [await listen(acme, "/dead", only), await listen(acme, "/live", only)];
  for (let n = 0; n < 12; n++) await say(acme, chatId, `n ${n}`);
  await eventually(() => expect(sink.of("/live")).toHaveLength(12));
  expect(sink.of("/dead").length).toBeLessThanOrEqual(4);
  await Promise.all([drop(dead.id), drop(live.id)]);
});

test("after a rotation both secrets sign, until the old one's time is over", async () => {
  const { id, secret } = await listen(acme, "/rotated", only);
  const chatId = await makeChat(acme);
  const rotated = (await acme.key()<Made>("POST", `/admin/webhooks/${id}/rotate`, {})).body;
  await say(acme, chatId, "both");
  await eventually(() => expect(sink.of("/rotated")).toHaveLength(1));
  const [both] = sink.of("/rotated") as [Received];
  for (const one of [secret, rotated.secret]) new Standard(one).verify(both.raw, both.headers);
  await owner.query("update webhook_endpoints set old_secret_until = now() - interval '1 second' where id = $1", [id]);
  await say(acme, chatId, "new only");
  await eventually(() => expect(sink.of("/rotated")).toHaveLength(2));
  const [, after] = sink.of("/rotated") as [Received, Received];
  new Standard(rotated.secret).verify(after.raw, after.headers);
  expect(() => new Standard(secret).verify(after.raw, after.headers)).toThrow("No matching signature");
  await drop(id);
});

test("redirects are not followed, tries come to an end, and one delivery is sent again under its own id", async () => {
  sink.answer("/away", () => ({ status: 302, headers: { location: `${sink.url}/elsewhere` } }));
  const { id } = await listen(acme, "/away", only);
  await say(acme, await makeChat(acme), "stay");
  await eventually(async () => expect(await deliveries(id)).toMatchObject([{ status: "failed", attempts: 5 }]));
  expect(sink.of("/elsewhere")).toEqual([]);
  const [failed] = (await deliveries(id, "&status=failed")) as [Delivery];
  expect(failed.detail).toBe("It answered 302; redirects are not followed");
  sink.answer("/away", () => ({ status: 200 }));
  const again = `/admin/webhooks/${id}/deliveries/${failed.id}/resend`;
  expect((await acme.key()("POST", again)).status).toBe(200);
  await eventually(async () => expect(await detail(id, failed.id)).toMatchObject({ status: "delivered" }));
  expect(new Set(sink.of("/away").map((one) => one.id)).size).toBe(1);
  expect((await detail(id, failed.id)).tries).toHaveLength(6);
  await drop(id);
});

test("a sample says that it is one; paused, events wait; a range of the log is replayed under the same ids", async () => {
  const chatId = await makeChat(acme);
  const start = (await acme.key()<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  for (const n of [1, 2]) await say(acme, chatId, `early ${n}`);
  const { id } = await listen(acme, "/late", { types: ["message.created", "chat.created"], chatId });
  const sample = await acme.key()<{ webhookDeliveryId: string }>("POST", `/admin/webhooks/${id}/sample`, {});
  await eventually(() => expect(sink.of("/late")).toMatchObject([{ body: { type: "message.created", sample: true } }]));
  expect(await detail(id, sample.body.webhookDeliveryId)).toMatchObject({
    sample: true,
    webhookMessageId: sink.of("/late")[0]?.id,
  });

  await change(id, { state: "paused" });
  await say(acme, chatId, "held");
  await eventually(async () => expect(await deliveries(id, "&status=queued")).toHaveLength(1));
  expect(sink.of("/late")).toHaveLength(1);
  await change(id, { state: "active" });
  await eventually(() => expect(texts(sink.of("/late").slice(1))).toEqual(["held"]));

  const noted = async (operation: string) =>
    (await owner.query("select 1 from audit_entries where operation = $1", [operation])).rowCount;
  const replay = (range: object) => acme.key()<{ count: number }>("POST", `/admin/webhooks/${id}/replay`, range);
  await eventually(async () => expect(await deliveries(id, "&status=queued")).toEqual([]));
  // What is only counted is as many as are sent, and neither sends nor notes anything.
  const counted = (range: object) => replay({ ...range, after: start, dryRun: true });
  expect((await counted({ undeliveredOnly: true })).body).toEqual({ count: 2, nextCursor: null });
  expect((await counted({})).body.count).toBe(3);
  expect(await deliveries(id, "&status=queued")).toEqual([]);
  expect(await noted("webhooks.replay")).toBe(0);
  expect((await replay({ after: start, undeliveredOnly: true })).body).toEqual({ count: 2, nextCursor: null });
  expect(await noted("webhooks.replay")).toBe(1);
  await eventually(() => expect(texts(sink.of("/late").slice(2)).toSorted()).toEqual(["early 1", "early 2"]));
  await eventually(async () => expect(await deliveries(id, "&status=queued")).toEqual([]));
  expect((await replay({ after: start })).body.count).toBe(3);
  await eventually(() => expect(sink.of("/late")).toHaveLength(7));
  expect(new Set(sink.of("/late").map((one) => one.id)).size).toBe(4);
  expect((await replay({ after: "nonsense" })).status).toBe(400);
  await drop(id);
});

test("an endpoint that says it is gone, or lets nothing through for days, is disabled, and its owners get mail", async () => {
  await makeOperator(stack.api.services.db, testSecret, { tenantId: acme.tenantId, role: "owner" });
  const mails = async () =>
    (await owner.query("select subject, detail, address from deliveries where tenant_id = 'acme' and kind = 'notice'"))
      .rows;
  sink.answer("/gone", () => ({ status: 410 }));
  sink.answer("/hopeless", () => ({ status: 503 }));
  const [gone, hopeless] = [await listen(acme, "/gone", only), await listen(acme, "/hopeless", only)];
  await change(hopeless.id, { description: "Billing" });
  await owner.query(
    "update webhook_endpoints set failures = 1, failing_since = now() - interval '61 seconds' where id = $1",
    [hopeless.id],
  );
  const chatId = await makeChat(acme);
  await say(acme, chatId, "hello?");
  const read = async (id: string) => (await acme.key()<Made>("GET", `/admin/webhooks/${id}`)).body;
  await eventually(async () => {
    expect(await read(gone.id)).toMatchObject({ state: "disabled", reason: "It answered 410 Gone" });
    expect(await read(hopeless.id)).toMatchObject({
      state: "disabled",
      reason: expect.stringMatching(/^Nothing got through since /),
    });
    expect(await mails()).toHaveLength(2);
  });
  await say(acme, chatId, "left out");
  expect(await deliveries(gone.id)).toMatchObject([{ status: "failed", detail: "The endpoint was disabled" }]);
  sink.answer("/gone", () => ({ status: 200 }));
  await change(gone.id, { state: "active" });
  await say(acme, chatId, "back");
  await eventually(() => expect(texts(sink.of("/gone"))).toEqual(["hello?", "back"]));
  await Promise.all([drop(gone.id), drop(hopeless.id)]);
});

test.each([
  [0, 1],
  [0.999, 1.0999],
])("the waits are those of Standard Webhooks, with up to a tenth by chance: by %d, %d of each", (chance, factor) => {
  const random = vi.spyOn(Math, "random").mockReturnValue(chance);
  const waits = retryDelays.map((_, index) => (nextTry(index + 1, webhookPatience, 0)?.getTime() ?? 0) / 1000);
  random.mockRestore();
  const table = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
  expect(waits.map((wait) => Math.round(wait * 100))).toEqual(table.map((wait) => Math.round(wait * factor * 100)));
  expect(nextTry(10, webhookPatience, 0)).toBeUndefined();
});

test("Retry-After puts off the next try, by a day at most", async () => {
  expect(nextTry(1, webhookPatience, 0, 60_000)?.getTime()).toBe(60_000);
  expect(nextTry(1, webhookPatience, 0, 1e9)?.getTime()).toBe(86_400_000);
  sink.answer("/later", () => ({ status: 503, headers: { "retry-after": "60" } }));
  const { id } = await listen(acme, "/later", only);
  await say(acme, await makeChat(acme), "now or later");
  await eventually(async () =>
    expect(await deliveries(id)).toMatchObject([{ status: "queued", detail: "It answered 503" }]),
  );
  const sql = `select extract(epoch from d.due_at - a.started_at)::float8 as wait
    from webhook_deliveries d join webhook_attempts a on a.tenant_id = d.tenant_id and a.delivery_id = d.id where d.endpoint_id = $1`;
  const [{ wait }] = (await owner.query(sql, [id])).rows;
  expect(wait).toBeGreaterThanOrEqual(60);
  expect(wait).toBeLessThan(90);
  expect(sink.of("/later")).toHaveLength(1);
  await drop(id);
});
