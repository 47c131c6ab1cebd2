import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimMail, finishMail, freeClaims } from "../../jobs/mail/mail-store.ts";
import { projectRoot } from "../../persistence/project-root.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { insertDeliveries } from "../deliveries/store.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack({ mail: { from: "test@localhost", postmarkSecret: "of the installation" } });
  tenant = await stack.tenant("acme");
  await tenant.key()("PATCH", "/admin/mail/settings", { postmarkSecret: "open sesame" });
});
afterAll(() => stack.close());

const fixture = (name: string) =>
  readFileSync(join(projectRoot(), "server/testing/recorded/bounces", `${name}.json`), "utf8");
const post = (name: string, headers: Record<string, string> = {}, query = "", to = tenant) =>
  call(`${to.url}/mail/events/postmark${query}`, "POST", fixture(name), {
    "content-type": "application/json",
    ...headers,
  });
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString("base64")}` });
const suppressed = async (of = tenant) =>
  (await of.key()<{ data: { address: string; reason: string }[] }>("GET", "/admin/suppressions")).body.data
    .map(({ address, reason }) => `${address} ${reason}`)
    .sort();

test("succeeds with the secret as password in the address, as query, and as header", async () => {
  expect((await post("postmark-bounce", basic("parley:open sesame"))).status).toBe(200);
  expect(await suppressed()).toEqual(["gone@example.com bounce"]);
  expect((await post("postmark-complaint", {}, "?secret=open%20sesame")).status).toBe(200);
  expect((await post("postmark-complaint", { "x-webhook-secret": "open sesame" })).status).toBe(200);
  expect(await suppressed()).toEqual(["cross@example.com complaint", "gone@example.com bounce"]);
});

test("says of the mail itself that it came back", async () => {
  const delivery = { cause: "event:1", userId: "gone", channel: "email", kind: "notification", type: "T" } as const;
  const rows = [{ ...delivery, subject: "S", status: "sent", address: "gone@example.com", epoch: 1 } as const];
  const id = await unitOfWork(stack.api.services.db, tenant.tenantId, async ({ tx }) =>
    String((await insertDeliveries(tx, tenant.tenantId, rows))[0]?.id),
  );
  const body = fixture("postmark-bounce").replace("DELIVERY", String(id));
  const headers = { "content-type": "application/json", "x-webhook-secret": "open sesame" };
  expect((await call(`${tenant.url}/mail/events/postmark`, "POST", body, headers)).status).toBe(200);
  expect((await tenant.key()("GET", `/admin/deliveries/${id}`)).body).toMatchObject({
    status: "bounced",
    detail: expect.stringContaining("does not exist"),
  });
});

test("says so, too, before the worker has written down that the mail was taken, or when it never will", async () => {
  const { pool } = stack.api.services.db;
  const hasty = await stack.tenant("hasty");
  await hasty.key()("PATCH", "/admin/mail/settings", { postmarkSecret: "open sesame" });
  const made = { userId: "gone", channel: "email", kind: "test", type: "T", subject: "S", status: "queued" } as const;
  const claim = async (cause: string) => {
    await unitOfWork(stack.api.services.db, hasty.tenantId, ({ tx }) =>
      insertDeliveries(tx, hasty.tenantId, [{ ...made, cause, address: "gone@example.com", epoch: 1 }]),
    );
    const mail = await claimMail(pool, hasty.tenantId);
    if (!mail) throw new Error("no mail is due");
    return mail;
  };
  const bounce = async (id: string) => {
    const body = fixture("postmark-bounce").replace("DELIVERY", id);
    const headers = { "content-type": "application/json", "x-webhook-secret": "open sesame" };
    expect((await call(`${hasty.url}/mail/events/postmark`, "POST", body, headers)).status).toBe(200);
  };
  const read = async (id: string) => (await hasty.key()("GET", `/admin/deliveries/${id}`)).body;

  const taken = await claim("test:1");
  await bounce(taken.id);
  const sent = { outcome: "sent", status: "sent", rule: "accepted", detail: "250 OK", providerId: "p-1" } as const;
  await finishMail(pool, hasty.tenantId, taken, sent);
  expect(await read(taken.id)).toMatchObject({
    status: "bounced",
    rule: "bounce",
    detail: expect.stringContaining("does not exist"),
    providerId: "p-1",
    tries: [{ outcome: "sent" }],
  });

  const unknown = await claim("test:2");
  await freeClaims(pool, hasty.tenantId);
  await bounce(unknown.id);
  expect(await read(unknown.id)).toMatchObject({ status: "bounced" });
  expect(await claimMail(pool, hasty.tenantId)).toBeUndefined();

  // Told once more of a try before: the one since then was put off, and has its turn.
  const again = await claim("test:4");
  await finishMail(pool, hasty.tenantId, again, {
    outcome: "temporary",
    status: "queued",
    dueAt: new Date("2990-01-01"),
  });
  await bounce(again.id);
  expect(await read(again.id)).toMatchObject({ status: "queued" });

  const untried = await claim("test:3");
  await finishMail(pool, hasty.tenantId, untried, { outcome: "stopped", status: "queued", dueAt: new Date() });
  await bounce(untried.id);
  expect(await read(untried.id)).toMatchObject({ status: "queued" });
});

test.each([
  ["Blocked", "bounced"],
  ["AutoResponder", "sent"],
  ["Transient", "sent"],
])("%s gives up no address, and the mail is %s", async (type, status) => {
  const address = `${type.toLowerCase()}@example.com`;
  const delivery = {
    cause: `event:${type}`,
    userId: "gone",
    channel: "email",
    kind: "notification",
    type: "T",
  } as const;
  const rows = [{ ...delivery, subject: "S", status: "sent", address, epoch: 1 } as const];
  const id = await unitOfWork(stack.api.services.db, tenant.tenantId, async ({ tx }) =>
    String((await insertDeliveries(tx, tenant.tenantId, rows))[0]?.id),
  );
  const body = { ...JSON.parse(fixture("postmark-bounce")), Type: type, Email: address };
  const headers = { "content-type": "application/json", "x-webhook-secret": "open sesame" };
  const said = JSON.stringify({ ...body, Metadata: { "parley-delivery": id } });
  expect((await call(`${tenant.url}/mail/events/postmark`, "POST", said, headers)).status).toBe(200);
  expect((await tenant.key()("GET", `/admin/deliveries/${id}`)).body).toMatchObject({ status });
  expect((await suppressed()).join()).not.toContain(address);
});

test("refuses another secret, none, and every one where none is set", async () => {
  const other = await stack.tenant("globex");
  expect((await post("postmark-bounce", basic("parley:close sesame"))).status).toBe(403);
  expect((await post("postmark-bounce")).status).toBe(403);
  expect((await post("postmark-bounce", basic("parley:open sesame"), "", other)).status).toBe(403);
  expect((await post("postmark-bounce", basic("parley:"), "", other)).status).toBe(403);
  expect(await suppressed(other)).toEqual([]);
});

test("of the server that all tenants share, a bounce is its tenant's alone, and of the very address that was mailed", async () => {
  const other = await stack.tenant("initech");
  const made = { cause: "event:9", userId: "lost", channel: "email", kind: "notification", type: "T" } as const;
  const rows = [{ ...made, subject: "S", status: "sent", address: "lost@example.com", epoch: 1 } as const];
  const insert = async ({ tenantId }: TestTenant) =>
    String(
      await unitOfWork(stack.api.services.db, tenantId, async ({ tx }) => {
        return (await insertDeliveries(tx, tenantId, rows))[0]?.id;
      }),
    );
  const [mine, theirs] = [await insert(tenant), await insert(other)];
  const headers = { "content-type": "application/json", ...basic("parley:of the installation") };
  const tell = (of: TestTenant, delivery: string, email = "Lost@example.com", how = headers) => {
    const said = JSON.parse(fixture("postmark-bounce")) as object;
    const metadata = { "parley-delivery": delivery, "parley-tenant": of.tenantId };
    const body = JSON.stringify({ ...said, Email: email, Metadata: metadata });
    return call(`${stack.url}/installation/mail/events/postmark`, "POST", body, how);
  };
  const statusOf = async (of: TestTenant, id: string) =>
    (await of.key()<{ status: string }>("GET", `/admin/deliveries/${id}`)).body.status;
  const known = await suppressed();
  // Neither by another tenant's name for it, nor of an address that it did not go to, nor with a tenant's own secret.
  expect((await tell(other, mine)).status).toBe(200);
  expect((await tell(tenant, mine, "else@example.com")).status).toBe(200);
  expect((await tell(tenant, mine, undefined, { ...headers, ...basic("parley:open sesame") })).status).toBe(403);
  expect(await statusOf(tenant, mine)).toBe("sent");
  expect([await suppressed(), await suppressed(other)]).toEqual([known, []]);

  expect((await tell(tenant, mine)).status).toBe(200);
  expect([await statusOf(tenant, mine), await statusOf(other, theirs)]).toEqual(["bounced", "sent"]);
  expect(await suppressed()).toEqual([...known, "lost@example.com bounce"].sort());
  expect(await suppressed(other)).toEqual([]);
});

test("a Basic password opens nothing else", async () => {
  expect((await call(`${tenant.url}/admin/mail/settings`, "GET", undefined, basic("parley:open sesame"))).status).toBe(
    401,
  );
});

test("settings of mail can be taken back, each of them", async () => {
  const key = (await stack.tenant("taker")).key();
  const set = { host: "mail.example.com", port: 465, username: "u", password: "p", replyTo: "a@example.com" };
  expect((await key("PATCH", "/admin/mail/settings", set)).body).toMatchObject({ port: 465, hasPassword: true });
  const { status, body } = await key("PATCH", "/admin/mail/settings", { port: 0, username: "", password: "" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ host: set.host, hasPassword: false, replyTo: set.replyTo });
  expect([body.port, body.username]).toEqual([undefined, undefined]);
});
