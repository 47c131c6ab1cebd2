import { afterAll, beforeAll, expect, test } from "vitest";
import { epochOf } from "../../log/store.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { type HeldMail, holdMails } from "../../testing/held-mails.ts";
import { type MailServer, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runDigests } from "../digests/run-digests.ts";
import { settleItems } from "../digests/store.ts";
import type { PresentedDelivery } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let server: MailServer;

beforeAll(async () => {
  [stack, server] = await Promise.all([startStack(), startMailServer()]);
  tenant = await stack.tenant("acme");
  const key = tenant.key();
  await key("PATCH", "/admin/tenant", { settings: { notifications: { channels: { email: true } } } });
  const own = { host: "127.0.0.1", port: server.port, security: "none", fromAddress: "news@acme.example" };
  await key("PATCH", "/admin/mail/settings", own);
});
afterAll(async () => {
  await server.close();
  await stack.close();
});

const deliveries = () => stack.api.services.db.forTenant(tenant.tenantId).delivery;
async function hold(held: HeldMail[]): Promise<string[]> {
  const { db } = stack.api.services;
  const epoch = await tenantTransaction(db.prisma, tenant.tenantId, (tx) => epochOf(tx, tenant.tenantId));
  const mails = held.map((one) => ({ ...one, epoch: Number(epoch) }));
  return holdMails(db, tenant.tenantId, mails, new Date(Date.now() - 60_000));
}
const rowOf = (notificationId = "") => deliveries().findFirstOrThrow({ where: { notificationId } });
const resend = (id: string) => tenant.key()<PresentedDelivery>("POST", `/admin/deliveries/${id}/resend`);
const live = (userId: string, email?: string) => tenant.key()("PUT", `/Users/${userId}`, { email });
const old = "old@example.com";

/** Makes a digest of what is held for somebody. */
async function digestOf(userId: string) {
  await runDigests(stack.api.services.db, tenant.tenantId, { now: new Date() });
  return await deliveries().findFirstOrThrow({ where: { userId, kind: "digest" } });
}

test("a mail goes once more to where its person is now; to the address that a sender named it goes again", async () => {
  const [told, away, named] = await hold([
    { userId: "ada", address: old },
    { userId: "ada", address: old },
    { userId: "ada", address: "desk@example.com", named: true },
  ]);
  const ids = [];
  for (const one of [told, away, named]) ids.push((await rowOf(one)).id);
  await deliveries().updateMany({ where: { id: { in: ids } }, data: { status: "sent", heldUntil: null } });
  await deliveries().updateMany({ where: { id: ids[1] ?? "" }, data: { kind: "away" } });
  await live("ada", "new@example.com");
  const went = [];
  for (const id of ids) went.push((await resend(id)).body.address);
  expect(went).toEqual(["new@example.com", "new@example.com", "desk@example.com"]);
  await live("ada");
  await deliveries().updateMany({ where: { id: { in: ids } }, data: { status: "sent" } });
  const answers = [];
  for (const id of ids) answers.push((await resend(id)).status);
  expect(answers).toEqual([409, 409, 200]);
  await deliveries().deleteMany({ where: { id: { in: ids } } });
});

test("a digest goes once more to where its person is now, unless senders named the address of all that is in it", async () => {
  const held = { address: old, userId: "dora" };
  await hold([held, { ...held, named: true }, ...Array(2).fill({ ...held, userId: "dan", named: true })]);
  const digests = [await digestOf("dora"), await digestOf("dan")];
  await deliveries().updateMany({ where: { kind: "digest" }, data: { status: "sent" } });
  for (const userId of ["dora", "dan"]) await live(userId, `${userId}@example.com`);
  const went = [];
  for (const { id } of digests) went.push((await resend(id)).body.address);
  expect(went).toEqual(["dora@example.com", old]);
  await deliveries().deleteMany({ where: { userId: { in: ["dora", "dan"] } } });
});

test("what is sent again by itself is not in its digest any more, and goes though it was read", async () => {
  const people = ["eva", "fay"];
  for (const userId of people) await live(userId, `${userId}@example.com`);
  const [one, two, both, rest] = await hold(["eva", "eva", "fay", "fay"].map((userId) => ({ userId })));
  for (const userId of people) await digestOf(userId);
  await tenant.as("eva")("PUT", `/Notifications/${one}/read`);
  for (const notification of [one, both, rest]) expect((await resend((await rowOf(notification)).id)).status).toBe(200);
  const worker = await startMailWorker(configFor(stack.database), { look: 100, mail: { patience: { again: 200 } } });
  const soon = { timeout: 60_000 }; // a worker starts first
  const endsOf = async (userId: string) => {
    const rows = await deliveries().findMany({ where: { userId } });
    return rows.map(({ kind, status }) => `${kind} ${status}`).toSorted();
  };
  await expect.poll(() => endsOf("eva"), soon).toEqual(["digest sent", "notification folded", "notification sent"]);
  await expect.poll(() => endsOf("fay"), soon).toEqual(["digest cancelled", "notification sent", "notification sent"]);
  await worker.close();
  const empty = await deliveries().findFirst({ where: { userId: "fay", kind: "digest" } });
  expect(empty).toMatchObject({ rule: "operator", detail: "All that was left in it was sent again by itself" });
  const texts = await Promise.all(server.mails.filter(({ to }) => to.startsWith("eva")).map((mail) => mail.parse()));
  const messages = texts.map(({ text = "" }) => ["Message 0", "Message 1"].filter((words) => text.includes(words)));
  expect(messages.toSorted()).toEqual([["Message 0"], ["Message 1"]]);
  expect(await rowOf(two)).toMatchObject({ status: "folded", digestId: expect.any(String) });
}, 150_000);

test("nothing is sent of what is over or gone: the answer says why, and the row keeps its own reason", async () => {
  const address = "hal@example.com";
  const held = { userId: "hal", address };
  await live("hal", address);
  const past = new Date(Date.now() - 60_000);
  const ids = await hold([{ ...held, expiresAt: past }, ...Array(3).fill({ ...held, gone: true })]);
  const ends = ["failed", "expired", "left", "cancelled"];
  for (const [n, status] of ends.entries())
    await deliveries().updateMany({ where: { notificationId: ids[n] ?? "" }, data: { status, heldUntil: null } });
  const expired = "The time of its notification is over: nothing is left to be sent";
  const left = expect.stringContaining("left the topic or chat");
  const gone = expect.stringContaining("cancelled, deleted or withdrawn");
  for (const [n, detail] of [expired, expired, left, gone].entries()) {
    const row = await rowOf(ids[n]);
    expect(await resend(row.id)).toMatchObject({ status: 409, body: { code: "conflict", detail } });
    expect(await rowOf(ids[n])).toEqual(row);
  }
  await deliveries().deleteMany({ where: { userId: "hal" } });
});

test("nor is a digest of which nothing is left; it is while anything is", async () => {
  for (const userId of ["ivy", "joe"]) await live(userId, `${userId}@example.com`);
  const ids = await hold(["ivy", "ivy", "joe", "joe"].map((userId) => ({ userId })));
  const [none, some] = [await digestOf("ivy"), await digestOf("joe")];
  await deliveries().updateMany({ where: { kind: "digest" }, data: { status: "expired" } });
  const { notification } = stack.api.services.db.forTenant(tenant.tenantId);
  await notification.deleteMany({ where: { id: { in: [ids[0] ?? "", ids[2] ?? ""] } } });
  await notification.updateMany({ where: { id: ids[1] ?? "" }, data: { expiresAt: new Date(Date.now() - 60_000) } });
  const detail = "All that is in it has expired or was deleted: nothing is left to be sent";
  expect(await resend(none.id)).toMatchObject({ status: 409, body: { detail } });
  expect((await resend(some.id)).status).toBe(200);
  await deliveries().deleteMany({ where: { userId: { in: ["ivy", "joe"] } } });
});

test("a digest has no say in what is no longer held for it", async () => {
  const [id] = await hold([{ userId: "gus" }]);
  const row = await rowOf(id);
  for (const status of ["queued", "sent"]) {
    await deliveries().updateMany({ where: { id: row.id }, data: { status } });
    const read = [{ id: row.id, status: "read_first" as const, rule: "read" }];
    await tenantTransaction(stack.api.services.db.prisma, tenant.tenantId, (tx) =>
      settleItems(tx, tenant.tenantId, read),
    );
    expect(await rowOf(id)).toMatchObject({ status });
  }
});
