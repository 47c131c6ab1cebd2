import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { awayType } from "../categories/schema.ts";
import { findRulings } from "../deliveries/find-rulings.ts";
import { readSendRules } from "./due-store.ts";
import { filingOf } from "./policy.ts";

// Sends read their rules in one round trip, mail by preferences' own way: both must say the same of the inbox.

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const words = [undefined, true, false];
const people = words.flatMap((ofType) => words.map((ofAll) => ({ userId: `${ofType}/${ofAll}`, ofType, ofAll })));
const types = ["Undeclared", "InApp", "MailAlone", "Neither", "Required", "RequiredMail", awayType];

test("what a send files is what preferences would stop, whoever said what of a type", async () => {
  const { db } = stack.api.services;
  const { tenantId } = tenant;
  const client = db.forTenant(tenantId);
  const declared = { tenantId, title: "x" };
  await client.category.createMany({
    data: [
      { ...declared, type: "InApp", channels: ["inApp"] },
      { ...declared, type: "MailAlone", channels: ["email"] },
      { ...declared, type: "Neither", channels: [] },
      { ...declared, type: "Required", channels: ["inApp"], required: true },
      { ...declared, type: "RequiredMail", channels: ["email"], required: true },
    ],
  });
  await client.preference.createMany({
    data: people.flatMap(({ userId, ofType, ofAll }) =>
      [
        ...(ofType === undefined ? [] : types.map((type) => ({ type, enabled: ofType }))),
        ...(ofAll === undefined ? [] : [{ type: "*", enabled: ofAll }]),
      ].map((choice) => ({ tenantId, userId, channel: "inApp", ...choice })),
    ),
  });
  // Of another channel: says nothing of the inbox.
  await client.preference.create({
    data: { tenantId, userId: "undefined/undefined", type: "*", channel: "email", enabled: false },
  });
  const outcomes = new Set<boolean>();
  for (const inApp of [true, false]) {
    const settings = { notifications: { channels: { inApp } } };
    expect((await tenant.key()("PATCH", "/admin/tenant", { settings })).status).toBe(200);
    for (const type of types) {
      const rules = await readSendRules(
        db.pool,
        tenantId,
        type,
        people.map(({ userId }) => userId),
      );
      const one = { type, priority: 1, email: null, chatId: null, mentioned: false };
      const asks = people.map(({ userId }) => ({ id: userId, userId, ...one }));
      const isFiled = filingOf(rules, type);
      const ruling = await findRulings(client, tenantId, asks, new Date());
      for (const { userId } of people) {
        const filed = isFiled(userId);
        outcomes.add(filed);
        expect([inApp, type, userId, filed]).toEqual([inApp, type, userId, ruling(userId, "inApp").outcome === "stop"]);
      }
    }
  }
  expect(outcomes.size).toBe(2);
});
