import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { notify } from "../../testing/notify.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let dead: MailServer;
let good: MailServer;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  stack = await startStack();
  dead = await startMailServer({ connect: (answer) => answer(smtpError(421, "4.3.2 shutting down")) });
  good = await startMailServer({});
  const mail = { url: dead.url, from: "Parley <parley@example.org>" };
  const patience = { first: 50, longest: 200, attempts: 100, faults: 3, open: 600_000 };
  worker = await startMailWorker(configFor(stack.database, { mail, allowPrivateNetworks: true }), {
    look: 100,
    mail: { patience },
  });
});
afterAll(async () => {
  await worker.close();
  await Promise.all([dead.close(), good.close()]);
  await stack.close();
});

interface Health {
  failures: number;
  pausedUntil?: string;
  lastError?: string;
}
const health = async (tenant: TestTenant) => (await tenant.key()<Health>("GET", "/admin/mail/settings")).body;
const mails = async (tenant: TestTenant) =>
  (await tenant.key()<{ data: { attempts: number }[] }>("GET", "/admin/deliveries?channel=email")).body.data;

test("what one tenant finds out of a dead shared server spares the others a try; who has a server of their own is not touched", async () => {
  const [first, second, apart] = [
    await stack.tenant("first"),
    await stack.tenant("second"),
    await stack.tenant("apart"),
  ];
  const own = { host: "127.0.0.1", port: good.port, security: "none" };
  expect((await apart.key()("PATCH", "/admin/mail/settings", own)).status).toBe(200);
  const tell = (tenant: TestTenant) =>
    notify(stack.api.services.db, tenant.tenantId, [
      { userId: "ann", email: "ann@example.com" },
      { userId: "ben", email: "ben@example.com" },
    ]);
  await tell(first);
  const open = { pausedUntil: expect.any(String) };
  await expect.poll(() => health(first)).toMatchObject(open);
  // Another try may have been under way when the breaker opened.
  const tries = async () => (await mails(first)).reduce((sum, { attempts }) => sum + attempts, 0);
  await expect.poll(async () => (await tries()) - dead.connections).toBe(0);
  const { connections } = dead;
  await tell(second);
  const waiting = { status: "queued", attempts: 0 };
  await expect.poll(() => mails(second)).toMatchObject([waiting, waiting]);
  await tell(apart);
  const sent = { status: "sent" };
  await expect.poll(() => mails(apart)).toMatchObject([sent, sent]);
  expect(await mails(second)).toMatchObject([waiting, waiting]);
  expect(dead.connections).toBe(connections);
  expect(await health(second)).toMatchObject(open);
  // Whom another's mail was for, and where the server is, is not for them.
  const { lastError = "" } = await health(second);
  expect(lastError).toContain("installation's mail server");
  expect(lastError).not.toMatch(/@|127\.0\.0\.1|\d{4,5}/);
  expect(await health(apart)).toMatchObject({ failures: 0 });
}, 150_000);

test("a shared server that takes few connections at a time is no server in trouble: everybody's mail goes out", async () => {
  const taken = new Set<string>();
  let refused = 0;
  const narrow = await startMailServer(
    {},
    {
      onConnect: ({ id }, answer) => {
        if (taken.size >= 2) refused++;
        else taken.add(id);
        answer(taken.has(id) ? null : smtpError(421, "4.7.0 too many connections"));
      },
      onClose: ({ id }) => void taken.delete(id),
    },
  );
  const mail = { url: narrow.url, from: "Parley <parley@example.org>" };
  const own = await startStack();
  const tenants = await Promise.all(["one", "two", "three", "four", "five"].map((id) => own.tenant(id)));
  for (const { tenantId } of tenants)
    await notify(
      own.api.services.db,
      tenantId,
      Array.from({ length: 20 }, (_, i) => ({ userId: `u${i}`, email: `u${i}@${tenantId}.example` })),
    );
  const patience = { faults: 3, open: 600_000, first: 600_000 };
  const busy = await startMailWorker(configFor(own.database, { mail }), { look: 100, mail: { patience } });
  // Taken for trouble it would not go out within ten minutes.
  await expect.poll(() => narrow.mails.length, { timeout: 200_000 }).toBe(100);
  expect(refused).toBeGreaterThan(0);
  for (const tenant of tenants) expect(await health(tenant)).toMatchObject({ failures: 0 });
  await busy.close();
  await narrow.close();
  await own.close();
}, 300_000);

test("a stored password is for the server that it was given for: another is set with a password, or with none at all", async () => {
  const tenant = await stack.tenant("keeper");
  const patch = (body: object) => tenant.key()("PATCH", "/admin/mail/settings", body);
  const own = { host: "mail.example", port: 587, security: "tls", username: "u", password: "own-secret" };
  expect((await patch(own)).status).toBe(200);
  const again = { status: 400, body: { errors: { password: [expect.any(String)] } } };
  for (const other of [{ host: "evil.example" }, { port: 25 }, { port: 0 }, { security: "none" }, { username: "x" }])
    expect(await patch(other)).toMatchObject(again);
  // Nor step by step, past a server or a name that is none.
  expect((await patch({ host: "" })).status).toBe(200);
  expect(await patch({ host: "evil.example" })).toMatchObject(again);
  expect((await patch({ host: "evil.example", username: "" })).status).toBe(200);
  expect(await patch({ username: "u" })).toMatchObject(again);
  expect((await patch({ ...own, security: "auto" })).status).toBe(200);
  const { password: _, ...same } = own;
  expect((await patch({ ...same, security: "auto", fromName: "News" })).body).toMatchObject({ hasPassword: true });
  expect((await patch({ host: "other.example", password: "" })).body).toMatchObject({ hasPassword: false });
});

test("mail waits where a login is set and its server offers none: it is not sent as a stranger's", async () => {
  const tenant = await stack.tenant("stranger");
  const own = { host: "127.0.0.1", port: good.port, security: "none", username: "u", password: "own-secret" };
  expect((await tenant.key()("PATCH", "/admin/mail/settings", own)).status).toBe(200);
  await notify(stack.api.services.db, tenant.tenantId, [{ userId: "dan", email: "dan@example.com" }]);
  await expect
    .poll(() => health(tenant), { timeout: 20_000 })
    .toMatchObject({
      pausedUntil: expect.any(String),
      lastError: expect.stringContaining("offers no login"),
    });
  expect(await mails(tenant)).toMatchObject([{ status: "queued" }]);
  expect(good.mails.map(({ to }) => to)).not.toContain("dan@example.com");
});

test("a stored password that cannot be read is said to be so, and mail waits until another is given", async () => {
  const tenant = await stack.tenant("locked");
  const own = { host: "127.0.0.1", port: good.port, security: "none", username: "u", password: "p" };
  expect((await tenant.key()("PATCH", "/admin/mail/settings", own)).status).toBe(200);
  const { db } = stack.api.services;
  await db.forTenant(tenant.tenantId).mailSettings.updateMany({ data: { password: "v1.of-another-secret" } });
  await notify(db, tenant.tenantId, [{ userId: "eve", email: "eve@example.com" }]);
  await expect
    .poll(() => health(tenant), { timeout: 20_000 })
    .toMatchObject({
      pausedUntil: expect.any(String),
      lastError: "The stored password cannot be read: give it again",
    });
  expect(await mails(tenant)).toMatchObject([{ status: "queued", attempts: 0 }]);
  const anew = { username: "", password: "" };
  expect((await tenant.key()("PATCH", "/admin/mail/settings", anew)).status).toBe(200);
  await expect.poll(() => good.mails.map(({ to }) => to), { timeout: 20_000 }).toContain("eve@example.com");
});

test("what waits for the dead server goes at once to the one that its tenant sets", async () => {
  const tenant = await stack.tenant("mover");
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await notify(stack.api.services.db, tenant.tenantId, [{ userId: "cleo", email: "cleo@example.com" }]);
  // Nobody would come before the breaker closes.
  const waits = `select from graphile_worker._private_jobs
    where key = $1 and run_at > now() + interval '1 minute' and locked_at is null`;
  const waiting = async () => (await owner.query(waits, [`mail-due:${tenant.tenantId}`])).rowCount;
  await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
  await owner.end();
  const own = { host: "127.0.0.1", port: good.port, security: "none" };
  expect((await tenant.key()("PATCH", "/admin/mail/settings", own)).status).toBe(200);
  await expect.poll(() => good.mails.map(({ to }) => to), { timeout: 20_000 }).toContain("cleo@example.com");
});
