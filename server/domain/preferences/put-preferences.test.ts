import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../auth/roles.ts";
import { claimMail } from "../../jobs/mail/mail-store.ts";
import { findRulingAgain } from "../../jobs/mail/ruling-store.ts";
import { Planner } from "../../log/planner.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { notify } from "../../testing/notify.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { maxCategories } from "../categories/schema.ts";
import { planDeliveries } from "../deliveries/plan-deliveries.ts";
import { presentFacts } from "./presenter.ts";
import { maxChoices, type Preferences } from "./schema.ts";
import { readFacts } from "./store.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  const key = tenant.key();
  await key("PATCH", "/admin/tenant", {
    settings: {
      timezone: "Europe/Zurich",
      notifications: { digest: { every: "daily" } },
      branding: { colour: "#aa0000" },
    },
  });
  await key("PUT", "/admin/categories/News", { title: "Our news", channels: ["email"] });
  await key("PUT", "/admin/categories/PasswordReset", { title: "Passwords", channels: ["email"], required: true });
  await key("PUT", "/admin/categories/Terms", { title: "Terms", required: true });
});
afterAll(() => stack.close());

const put = (user: string, body: unknown) => tenant.as(user)<Preferences>("PUT", "/preferences", body);
const get = async (user: string) => (await tenant.as(user)<Preferences>("GET", "/preferences")).body;
const mails = ({ categories }: Preferences) =>
  Object.fromEntries(
    categories.map(({ type, channels }) => [type, `${channels.email.enabled} ${channels.email.choice}`]),
  );

/** What the planner would know. */
async function factsOf(userId: string, type: string, chatId?: string) {
  const now = new Date();
  const asked = { userIds: [userId], types: [type], chatIds: chatId ? [chatId] : [] };
  const stored = await readFacts(stack.api.services.db.forTenant(tenant.tenantId), tenant.tenantId, asked);
  return presentFacts(stored, [{ userId, type, chatId }], now)[0];
}

describe("succeeds", () => {
  test("with the tenant's defaults before anything was chosen", async () => {
    const body = await get("ada");
    expect(body).toMatchObject({
      userId: "ada",
      timezone: "Europe/Zurich",
      quietHours: { enabled: false, from: "22:00", to: "07:00" },
      digest: { every: "daily", at: "09:00", weekday: "monday" },
      branding: { name: "Tenant acme", colour: "#aa0000" },
    });
    expect(mails(body)).toEqual({
      "*": "false default",
      News: "true default",
      PasswordReset: "true default",
      Terms: "false default",
      ChatUnread: "true default",
    });
    expect(body.categories.flatMap(({ type, channels }) => (channels.email.locked ? type : []))).toEqual([
      "PasswordReset",
      "Terms",
    ]);
  });

  test("a choice goes over the default, that for one type over that for all, and back", async () => {
    const first = await put("ben", {
      categories: [
        { type: "*", email: "off" },
        { type: "Deals", email: "on" },
      ],
    });
    expect(mails(first.body)).toEqual({
      "*": "false off",
      News: "false default",
      PasswordReset: "true default",
      Terms: "false default",
      ChatUnread: "false default",
      Deals: "true on",
    });
    const second = await put("ben", {
      categories: [
        { type: "*", email: "default" },
        { type: "News", inApp: "on", email: "off" },
      ],
    });
    expect(mails(second.body)).toMatchObject({ "*": "false default", News: "false off", Deals: "true on" });
    expect(await get("ben")).toEqual(second.body);
    expect(mails(await get("ada"))).toMatchObject({ News: "true default" });
    expect(await factsOf("ben", "News")).toMatchObject({
      choices: { ofType: { inApp: true, email: false }, ofAll: {} },
      defaults: { channels: { inApp: false, email: true }, by: "category" },
    });
  });

  test("what GET answers is put back as it came, and with choices changed in it", async () => {
    await put("ivy", { categories: [{ type: "News", email: "off" }] });
    const known = await get("ivy");
    expect((await put("ivy", known)).body.categories).toEqual(known.categories);
    for (const { type, channels } of known.categories) {
      if (type === "News") channels.email.choice = "default";
      if (type === "*") channels.email.choice = "on";
    }
    const { body } = await put("ivy", known);
    expect(mails(body)).toMatchObject({ "*": "true on", News: "true default" });
    expect(await get("ivy")).toEqual(body);
    const both = { type: "News", email: "off", channels: { email: { choice: "on" } } };
    expect(mails((await put("ivy", { categories: [both] })).body)).toMatchObject({ News: "false off" });
  });

  test.each([
    ["null", null],
    ["a way that is null", { email: null }],
    ["a choice that is null", { email: { choice: null } }],
    ["what comes of a choice", { email: { enabled: true }, inApp: { enabled: false } }],
  ])("under channels %s is nothing beside a choice", async (_name, channels) => {
    const { body } = await put("kim", { categories: [{ type: "News", email: "off", channels }] });
    expect(mails(body)).toMatchObject({ News: "false off" });
    await put("kim", { categories: [{ type: "News", email: "default" }] });
  });

  test("takes as many categories as a person's answer can list", async () => {
    const listed = Array.from({ length: maxChoices + maxCategories + 2 }, (_, n) => ({
      type: `t${n}`,
      email: "default",
    }));
    expect((await put("lea", { categories: listed })).status).toBe(200);
  });

  test("times are changed part by part, and pauses end by themselves", async () => {
    await put("eve", { quietHours: { enabled: true }, digest: { every: "weekly", weekday: "friday" } });
    const { body } = await put("eve", { quietHours: { from: "20:30" }, timezone: "Asia/Tokyo", pause: "day" });
    expect(body).toMatchObject({
      timezone: "Asia/Tokyo",
      quietHours: { enabled: true, from: "20:30", to: "07:00" },
      digest: { every: "weekly", at: "09:00", weekday: "friday" },
    });
    const left = Date.parse(body.pausedUntil ?? "") - Date.now();
    expect(Math.round(left / 3_600_000)).toBe(24);
    expect(await factsOf("eve", "Deals")).toMatchObject({
      quietHours: body.quietHours,
      pausedUntil: new Date(body.pausedUntil ?? ""),
    });
    expect((await put("eve", { pause: "none" })).body).not.toHaveProperty("pausedUntil");
  });

  test("the zone is the person's, else the profile's, else the tenant's", async () => {
    await tenant.as("zoe")("PUT", "/Users/zoe", { timezone: "America/New_York", email: "zoe@example.com" });
    expect(await factsOf("zoe", "x")).toMatchObject({ timezone: "America/New_York" });
    await put("zoe", { timezone: "Asia/Tokyo" });
    expect(await factsOf("zoe", "x")).toMatchObject({ timezone: "Asia/Tokyo" });
  });

  test("a muted chat is known until the mute ends", async () => {
    const chat = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] })).body.id;
    const mute = (body: unknown) => tenant.as("ada")("PUT", `/Chat/${chat}/notifications`, body);
    await mute({ mute: "except-mentions" });
    expect(await factsOf("ada", "x", chat)).toMatchObject({ mute: "except-mentions" });
    expect(await factsOf("ben", "x", chat)).toMatchObject({ mute: "none" });
    await mute({ mute: "all", until: new Date(Date.now() - 1000).toISOString() });
    expect(await factsOf("ada", "x", chat)).toMatchObject({ mute: "none" });
  });

  test.each(["default", "off"])("what was put %s counts for mail on its way, before its first try", async (email) => {
    const { db } = stack.api.services;
    // Of a tenant of its own: a rule or a category that has just changed has every mail asked again.
    const { tenantId, as } = await stack.tenant(`way-${email}`);
    await as("max")("PUT", "/preferences", { categories: [{ type: "Deals", email: "on" }] });
    await as("max")("PUT", "/Users/max", { email: "max@example.com" });
    await notify(db, tenantId, [{ userId: "max", type: "Deals" }]);
    const onError = (error: unknown) => {
      throw error;
    };
    await new Planner({ db, consumers: [planDeliveries], onError }).plan(tenantId);
    await as("max")("PUT", "/preferences", { categories: [{ type: "Deals", email }] });
    const mail = await claimMail(db.pool, tenantId);
    expect(mail && (await findRulingAgain(db, tenantId, mail))).toMatchObject({ outcome: "stop" });
  });

  test("for a user by a key or an Admin", async () => {
    const byKey = await tenant.key()<Preferences>("PUT", "/Users/dan/preferences", { timezone: "Asia/Tokyo" });
    expect(byKey.body).toMatchObject({ userId: "dan", timezone: "Asia/Tokyo" });
    const byAdmin = await tenant.as("root", ["Admin"])<Preferences>("GET", "/preferences?userId=dan");
    expect(byAdmin.body).toEqual(byKey.body);
  });

  test("with the person's link for who may change them, and without it for who may only read them", async () => {
    const seenByKey = async (...scopes: string[]) => {
      const made = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", { name: `${scopes}`, scopes });
      const reader = tenant.key({ "x-api-key": made.body.key });
      return (await reader<Preferences>("GET", "/Users/ada/preferences")).body;
    };
    const seenByRole = async (role: Role) => {
      const { session } = await makeOperator(stack.api.services.db, testSecret, { tenantId: tenant.tenantId, role });
      const url = `${stack.url}/api/trpc/preferences.get?input=${encodeURIComponent('{"userId":"ada"}')}`;
      const headers = { ...consoleHeaders(session), "x-tenant-id": tenant.tenantId };
      return (await call<{ result: { data: Preferences } }>(url, "GET", undefined, headers)).body.result.data;
    };
    const { link, ...shown } = await get("ada");
    for (const seen of [await seenByKey("users:read"), await seenByRole("support"), await seenByRole("read-only")])
      expect(seen).toEqual(shown);
    for (const seen of [await seenByKey("users:read", "users:write"), await seenByRole("admin")])
      expect(seen).toEqual({ ...shown, link: expect.stringMatching(/\/u\//) });
    expect(link).toMatch(/\/u\//);
  });
});

describe("refuses", () => {
  test.each([
    ["a zone that does not exist", { timezone: "Europe/Nowhere" }],
    ["a time that is none", { quietHours: { from: "24:00" } }],
    ["a rhythm that does not exist", { digest: { every: "yearly" } }],
    ["a pause that does not exist", { pause: "year" }],
    ["a choice that does not exist", { categories: [{ type: "News", email: "maybe" }] }],
    ["what comes of a choice without it", { categories: [{ type: "News", channels: { email: { enabled: false } } }] }],
    ["channels that are a list", { categories: [{ type: "News", email: "off", channels: ["email"] }] }],
    ["a type without a name", { categories: [{ type: " ", email: "on" }] }],
  ])("%s with 400", async (_name, body) => {
    expect((await put("ada", body)).status).toBe(400);
  });

  test("somebody else's with 403, a key that names nobody with 403", async () => {
    expect((await tenant.as("eve")("GET", "/Users/ada/preferences")).status).toBe(403);
    expect((await tenant.as("eve")("PUT", "/Users/ada/preferences", { pause: "week" })).status).toBe(403);
    expect((await tenant.key()("GET", "/preferences")).body).toMatchObject({ code: "user_required" });
  });

  test("more choices than anybody needs with 409, and stores none of them", async () => {
    const choose = (from: number) =>
      put("max", {
        categories: Array.from({ length: 150 }, (_, n) => ({ type: `t${from + n}`, email: "off", inApp: "off" })),
      });
    expect((await choose(0)).status).toBe(200);
    expect((await choose(150)).status).toBe(409);
    const { preference } = stack.api.services.db.forTenant(tenant.tenantId);
    expect(await preference.count({ where: { userId: "max" } })).toBe(300);
    expect(maxChoices).toBeGreaterThan(300);
  });
});
