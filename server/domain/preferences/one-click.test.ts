import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installationKey } from "../../auth/api-key.ts";
import { eventually } from "../../testing/hub-client.ts";
import { type MailServer, startMailServer, type TakenMail } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { notify } from "../../testing/notify.ts";
import { configFor, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { openReceiver } from "../../testing/webhook-receiver.ts";
import { sweepChat } from "../away/sweep-chat.ts";

// From a call to a real SMTP server, with the worker between, and back by the mail's own headers.

let stack: Stack;
let tenant: TestTenant;
let mails: MailServer;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  stack = await startStack();
  mails = await startMailServer();
  tenant = await stack.tenant("acme");
  const config = configFor(stack.database, {
    baseUrl: stack.url,
    mail: { url: mails.url, from: "Acme <hello@acme.example>" },
  });
  worker = await startMailWorker(config, { poll: 100 });
  await tenant.key()("PUT", "/admin/categories/News", { title: "Our news", channels: ["inApp", "email"] });
  await tenant.key()("PUT", "/admin/categories/PasswordReset", { title: "Passwords", required: true });
});
afterAll(async () => {
  await worker.close();
  await mails.close();
  await stack.close();
});

const tell = (userId: string, type: string, more: object = {}) =>
  tenant.key()<{ id: string }>("POST", "/Notifications", { userId, type, subject: type, message: "Hello", ...more });
const know = (userId: string) => tenant.key()("PUT", `/Users/${userId}`, { email: `${userId}@example.com` });

async function mailsTo(userId: string, count: number) {
  const to = () => mails.mails.filter((mail) => mail.to === `${userId}@example.com`);
  await expect.poll(() => to().length, { timeout: 20_000, interval: 20 }).toBe(count);
  return to();
}

async function statusOf(userId: string): Promise<string[]> {
  const { delivery } = stack.api.services.db.forTenant(tenant.tenantId);
  const rows = await delivery.findMany({ where: { userId, channel: "email" }, orderBy: { createdAt: "asc" } });
  return rows.map(({ status }) => status);
}

/** The address in a mail's header; both headers are there. */
function oneClickOf(mail: TakenMail | undefined, tenantId = "acme"): string {
  if (!mail) throw new Error("no mail");
  expect(headerIn(mail.raw, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
  const link = /^<(\S+)>$/.exec(headerIn(mail.raw, "List-Unsubscribe") ?? "")?.[1] ?? "";
  expect(link).toMatch(new RegExp(`^${stack.url}/u/${tenantId}\\.`));
  return link;
}

/** What a mail provider does when somebody presses its button. */
async function press(link: string): Promise<void> {
  const answer = await fetch(link, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "List-Unsubscribe=One-Click",
    credentials: "omit",
  });
  expect(answer.status).toBe(200);
}

/** The header as a mail provider reads it. */
function headerIn(raw: Buffer, name: string): string | undefined {
  const [head = ""] = raw.toString().split("\r\n\r\n", 1);
  return new RegExp(`^${name}: (.*)$`, "im").exec(head.replace(/\r\n[ \t]+/g, " "))?.[1]?.trim();
}

test("a provider's one click on the address in the header ends the mails of the type; a scanner's look does not", async () => {
  await know("ada");
  await tell("ada", "News");
  const [mail] = await mailsTo("ada", 1);
  const link = oneClickOf(mail);
  for (const method of ["GET", "HEAD"]) await fetch(link, { method });
  await tell("ada", "News");
  await mailsTo("ada", 2);

  await press(link);
  await tell("ada", "News");
  await expect.poll(() => statusOf("ada")).toEqual(["sent", "sent", "preference"]);
  expect(await mailsTo("ada", 2)).toHaveLength(2);
});

test("what is required bears no such header", async () => {
  await tell("eve", "PasswordReset", { email: "eve@example.com" });
  const [mail] = await mailsTo("eve", 1);
  if (!mail) throw new Error("no mail");
  expect(headerIn(mail.raw, "List-Unsubscribe")).toBeUndefined();
  expect(headerIn(mail.raw, "List-Unsubscribe-Post")).toBeUndefined();
});

test("who wants a type by mail alone gets it so, and finds it in the archive", async () => {
  await know("kim");
  await tenant.as("kim")("PUT", "/preferences", { categories: [{ type: "News", inApp: "off", email: "on" }] });
  await tell("kim", "News");
  await mailsTo("kim", 1);
  expect((await tenant.as("kim")("GET", "/Notifications")).body).toMatchObject({ totalCount: 0 });
  expect((await tenant.as("kim")("GET", "/Notifications?archived=true")).body).toMatchObject({ totalCount: 1 });
});

test("a pause holds all but what is urgent; when it ends, what waited comes as one mail", async () => {
  await know("max");
  await tenant.as("max")("PUT", "/preferences", { pause: "day", categories: [{ type: "News", email: "on" }] });
  for (const subject of ["First", "Second"]) await tell("max", "News", { subject });
  await tell("max", "News", { subject: "Fire", priority: "Urgent" });
  const [urgent] = await mailsTo("max", 1);
  expect((await urgent?.parse())?.subject).toBe("Fire");
  await expect.poll(() => statusOf("max")).toEqual(["held", "held", "sent"]);
  await tenant.as("max")("PUT", "/preferences", { pause: "none" });
  const [, summary] = await mailsTo("max", 2);
  const parsed = await summary?.parse();
  expect(parsed?.subject).toBe("2 notifications while it was quiet");
  expect(parsed?.text).toContain("First");
  expect(parsed?.text).toContain("Second");
  const link = oneClickOf(summary);
  await expect.poll(() => statusOf("max")).toEqual(["folded", "folded", "sent", "sent"]);

  await fetch(link);
  await tell("max", "News");
  await mailsTo("max", 3); // a look changed nothing
  await press(link); // what is summed up is of any type: it ends all of them, also those that were chosen
  await tell("max", "News");
  await expect.poll(async () => (await statusOf("max")).at(-1)).toBe("preference");
  expect(await mailsTo("max", 3)).toHaveLength(3);
});

test("a mail about unread messages ends by one click, and a look at it by a scanner does not", async () => {
  await know("una");
  const { body: chat } = await tenant.as("ben")<{ id: string }>("POST", "/Chat", { memberUserIds: ["una"] });
  const { db } = stack.api.services;
  const say = async (content: string, minutes: number) => {
    await tenant.as("ben")("POST", `/Chat/${chat.id}/messages`, { content });
    const { awaySweep } = db.forTenant(tenant.tenantId);
    await expect.poll(() => awaySweep.count()).toBe(1); // the worker has planned it
    await sweepChat(db, { tenantId: tenant.tenantId, chatId: chat.id, now: new Date(Date.now() + minutes * 60_000) });
  };
  await say("Where are you?", 16);
  const [first] = await mailsTo("una", 1);
  expect((await first?.parse())?.text).toContain("Where are you?");
  const link = oneClickOf(first);
  await fetch(link);
  await say("We wait.", 80);
  await mailsTo("una", 2);
  await press(link);
  await say("We cast off.", 150);
  await expect.poll(async () => (await statusOf("una")).at(-1)).toBe("preference");
  expect(await mailsTo("una", 2)).toHaveLength(2);
});

test("of a suspended tenant nothing goes out until it is let on; what went out can be unsubscribed from meanwhile", async () => {
  const { db } = stack.api.services;
  const sink = await openReceiver();
  const halted = await stack.tenant("halted");
  const suspend = async (suspended: boolean) => {
    const headers = { "x-api-key": installationKey(testSecret), "content-type": "application/json" };
    const how = { method: "PATCH", headers, body: JSON.stringify({ suspended }) };
    expect((await fetch(`${stack.url}/installation/tenants/halted`, how)).status).toBe(200);
  };
  await halted.key()("PUT", "/admin/categories/News", { title: "News", channels: ["inApp", "email"] });
  await halted.key()("POST", "/admin/webhooks", { url: `${sink.url}/halted`, types: ["notification.created"] });
  const mailed = () => mails.mails.filter(({ to }) => to.endsWith("@halted.example"));
  await notify(db, halted.tenantId, [{ userId: "ann", email: "ann@halted.example", type: "News" }]);
  await eventually(() => expect([mailed().length, sink.of("/halted").length]).toEqual([1, 1]));
  await suspend(true);
  await notify(db, halted.tenantId, [{ userId: "bob", email: "bob@halted.example", type: "News" }]);
  // Both are planned, and somebody has come for each.
  const own = db.forTenant(halted.tenantId);
  const where = { tenantId: halted.tenantId, status: "queued" };
  await eventually(async () => {
    expect(await own.delivery.count({ where: { ...where, channel: "email" } })).toBe(1);
    expect(await own.webhookDelivery.count({ where })).toBe(1);
  });
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const jobs = "select from graphile_worker._private_jobs where payload->>'tenantId' = 'halted'";
  await eventually(async () => expect((await owner.query(jobs)).rowCount).toBe(0));
  await owner.end();
  expect([mailed().length, sink.of("/halted").length]).toEqual([1, 1]);
  await press(oneClickOf(mailed()[0], "halted"));
  await suspend(false);
  await eventually(() => expect([mailed().length, sink.of("/halted").length]).toEqual([2, 2]));
  await sink.close();
});
