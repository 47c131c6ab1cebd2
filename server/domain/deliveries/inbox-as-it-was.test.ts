import { afterAll, beforeAll, expect, test } from "vitest";
import { consumers } from "../../jobs/consumers.ts";
import { Planner } from "../../log/planner.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Notification } from "../notifications/schema.ts";
import type { DetailedDelivery } from "./schema.ts";

// What somebody says after a notification has come, and before its deliveries are decided.

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const prefer = (userId: string, categories: object[]) => tenant.as(userId)("PUT", "/preferences", { categories });
const declare = (type: string, channels: string[]) =>
  tenant.key()("PUT", `/admin/categories/${type}`, { title: type, channels });
const send = async (userId: string, type: string) => {
  const said = { userId, type, subject: "s", message: "m", email: `${userId}@example.com` };
  return (await tenant.key()<Notification>("POST", "/Notifications", said)).body.id;
};

async function plan(): Promise<void> {
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db: stack.api.services.db, consumers, onError }).plan(tenant.tenantId);
}

async function told(id: string) {
  const { body } = await tenant.key()<{ data: DetailedDelivery[] }>("GET", `/Notifications/${id}/deliveries`);
  return Object.fromEntries(body.data.map(({ channel, status, rule, detail }) => [channel, { status, rule, detail }]));
}

test("what came into the inbox is told as there, though its person wants it there no more; its mail goes by what is wanted now", async () => {
  const id = await send("ada", "News");
  await prefer("ada", [{ type: "News", inApp: "off", email: "off" }]);
  await plan();
  expect(await told(id)).toMatchObject({
    inApp: { status: "sent", rule: "earlier" },
    email: { status: "preference" },
  });
});

test("of a chat that was muted since, too", async () => {
  const { db } = stack.api.services;
  const { body: chat } = await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] });
  const id = await send("ben", "News");
  const away = { chatId: chat.id, chatName: "c", fromSeq: 1, toSeq: 1, count: 1, mentioned: false, messages: [] };
  const data = { chatId: chat.id, metadata: away };
  await db.forTenant(tenant.tenantId).notification.updateMany({ where: { id }, data });
  expect((await tenant.as("ben")("PUT", `/Chat/${chat.id}/notifications`, { mute: "all" })).status).toBe(200);
  await plan();
  expect(await told(id)).toMatchObject({ inApp: { status: "sent" }, email: { status: "muted" } });
});

test("what was filed is told as not wanted in the inbox, though it would be by now", async () => {
  await prefer("cleo", [{ type: "Ads", inApp: "off" }]);
  await declare("Silent", ["email"]);
  const [byPerson, byCategory] = [await send("cleo", "Ads"), await send("dan", "Silent")];
  await prefer("cleo", [{ type: "Ads", inApp: "on" }]);
  await declare("Silent", ["inApp", "email"]);
  await plan();
  const inApp = { status: "preference", rule: "preference", detail: "not wanted in the inbox when it came" };
  for (const id of [byPerson, byCategory]) expect(await told(id)).toMatchObject({ inApp, email: { status: "queued" } });
});

test("what was filed by what still holds is told by that", async () => {
  await prefer("eve", [{ type: "Ads", inApp: "off" }]);
  await declare("Quiet", ["email"]);
  const [byPerson, byCategory] = [await send("eve", "Ads"), await send("eve", "Quiet")];
  await plan();
  expect((await told(byPerson)).inApp).toMatchObject({ status: "preference", detail: "Ads, inApp: off" });
  expect((await told(byCategory)).inApp).toMatchObject({ status: "not_asked", rule: "default" });
});
