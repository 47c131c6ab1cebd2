import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Notification } from "../../domain/notifications/schema.ts";
import { type MailServer, type Moods, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// One worker with two slots for jobs, whose patience with a server that is silent is the real one: a minute.

let stack: Stack;
let owner: pg.Client;
let worker: { close(): Promise<void> };
let installation: MailServer;
const servers: { close(): Promise<void> }[] = [];
const until = { timeout: 20_000, interval: 20 };

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  installation = await startMailServer({ connect: () => {} }); // no greeting
  servers.push(installation);
  const mail = { url: installation.url, from: "Parley <service@parley.example>" };
  worker = await startMailWorker({ ...stack.config, mail }, { concurrency: 2, mail: { patience: { slot: 300 } } });
});
afterAll(async () => {
  for (const server of servers) await server.close(); // whoever waits for it for ever, waits no more
  await worker.close();
  await owner.end();
  await stack.close();
});

async function tenantOn(id: string, moods: Moods = {}) {
  const server = await startMailServer(moods);
  servers.push(server);
  const tenant = await stack.tenant(id);
  const own = { host: "127.0.0.1", port: server.port, security: "none", fromAddress: `news@${id}.example` };
  expect((await tenant.key()("PATCH", "/admin/mail/settings", own)).status).toBe(200);
  return { tenant, server };
}

const root = (path: string, body: unknown) => call(`${stack.url}/api/console${path}`, "POST", body, {});
const signUp = (email: string) => {
  const id = email.replace(/@.*/, "");
  return root("/sign-up", { email, password: "a password that is long", tenant: id, tenantName: id });
};

const send = async ({ key }: TestTenant, more: object = {}) =>
  (
    await key()<Notification>("POST", "/Notifications", {
      ...{ userId: "ada", email: "ada@example.com", subject: "Late", message: "Ten minutes" },
      ...more,
    })
  ).body;

/** Tries that have not ended. */
async function underWay({ tenantId }: TestTenant): Promise<number> {
  const sql = "select count(*)::int as n from delivery_attempts where tenant_id = $1 and outcome is null";
  return (await owner.query<{ n: number }>(sql, [tenantId])).rows[0]?.n ?? 0;
}

test("servers that take everything and never answer, more of them than a worker has slots, delay no other tenant's mail", async () => {
  let taken = 0;
  const hang = () => void taken++; // all of it is there, the last dot too, and nobody says 250
  const stuck = await Promise.all(["one", "two", "three"].map((id) => tenantOn(`stuck-${id}`, { data: hang })));
  for (const { tenant } of stuck) await send(tenant);
  await expect.poll(() => taken, until).toBe(stuck.length);
  const others = await Promise.all(["first", "second"].map((id) => tenantOn(id)));
  for (const { tenant } of others) await send(tenant);
  for (const { server } of others) await expect.poll(() => server.mails.length, until).toBe(1);
  // Not one of the stuck ones has ended meanwhile, in whatever way.
  expect(taken).toBe(stuck.length);
  for (const { tenant } of stuck) expect(await underWay(tenant)).toBe(1);
});

test("an installation's own server that is silent keeps the mails to persons waiting, and no tenant's", async () => {
  const { tenant, server } = await tenantOn("beside");
  const persons = ["lena", "mo", "nina"].map((name) => `${name}@example.com`);
  for (const email of persons) await signUp(email);
  for (const email of persons) await root("/sign-in-link", { email });
  await expect.poll(() => installation.connections, until).toBe(1);
  await send(tenant);
  await expect.poll(() => server.mails.length, until).toBe(1);
  expect(installation.connections).toBe(1); // the others wait for that one
});

test("a mail that is scheduled is at its server at its time: not before, and within two seconds after", async () => {
  const arrivals: number[] = [];
  const arrived: Moods["data"] = (_mail, { take, answer }) => {
    arrivals.push(Date.now());
    take();
    answer(null);
  };
  const { tenant, server } = await tenantOn("on-time", { data: arrived });
  const at = Date.now() + 1500;
  const scheduledFor = new Date(at).toISOString();
  const { id } = await send(tenant, { scheduledFor });
  while (Date.now() < at) await sleep(20);
  // The two seconds are counted in looks at the database, of which a machine that stalls takes none.
  for (let looks = 0; server.mails.length === 0; looks++) {
    expect(looks).toBeLessThan(2000 / 20);
    await underWay(tenant);
    await sleep(20);
  }
  const [arrival = 0] = arrivals;
  console.info(`a mail was at its server ${arrival - at} ms after its time`);
  expect(arrival).toBeGreaterThanOrEqual(at);
  // By the clock of the service itself: when it appeared, and when its mail was handed over.
  const { rows } = await owner.query<{ visible: Date; planned: Date; began: Date }>(
    `select n.visible_at as visible, d.created_at as planned, a.started_at as began from notifications n
     join deliveries d on d.tenant_id = n.tenant_id and d.notification_id = n.id and d.channel = 'email'
     join delivery_attempts a on a.tenant_id = d.tenant_id and a.delivery_id = d.id where n.tenant_id = $1 and n.id = $2`,
    [tenant.tenantId, id],
  );
  expect(rows).toHaveLength(1);
  for (const time of Object.values(rows[0] ?? {})) expect(time.getTime()).toBeGreaterThanOrEqual(at);
});
