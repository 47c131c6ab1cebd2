import { afterAll, beforeAll, expect, test } from "vitest";
import { signLinkToken } from "../../auth/link-token.ts";
import type { Preferences } from "../../domain/preferences/schema.ts";
import { type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PUT", "/admin/categories/News", { title: "Our news", channels: ["email"] });
  await tenant.key()("PUT", "/admin/categories/Tips", { title: "Tips", channels: ["inApp"] });
});
afterAll(() => stack.close());

test("the page of a link takes back nothing that was chosen while it was open, and changes what it was asked to", async () => {
  const ada = tenant.as("ada");
  const token = signLinkToken(testSecret, { tenantId: tenant.tenantId, userId: "ada", type: "News" });
  const form = (fields: Record<string, string>) =>
    fetch(`${stack.url}/u/${token}`, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  const read = async () => (await ada<Preferences>("GET", "/preferences")).body;
  const chosen = async () =>
    (await read()).categories.flatMap(({ type, channels: { inApp, email } }) =>
      ["News", "Tips"].includes(type) ? [[type, inApp.choice, email.choice]] : [],
    );
  const { quietHours, digest, timezone } = await read();
  const timing = {
    ...{ quiet: quietHours.enabled ? "on" : "off", quietFrom: quietHours.from, quietTo: quietHours.to, timezone },
    ...{ digestEvery: digest.every, digestAt: digest.at, digestWeekday: digest.weekday },
  };
  const was = Object.fromEntries(Object.entries(timing).map(([name, value]) => [`was:${name}`, value]));
  await form({ do: "unsubscribe" });
  const elsewhere = {
    timezone: "Asia/Tokyo",
    quietHours: { enabled: true, from: "20:15" },
    digest: { every: "daily" },
  };
  const tips = [{ type: "Tips", inApp: "off" }];
  await ada("PUT", "/preferences", { ...elsewhere, categories: tips });
  const { quiet: _, ...fields } = { ...timing, "email:News": "default", "email:Tips": "on", "inApp:Tips": "default" };
  expect((await form({ do: "save", ...was, ...fields })).headers.get("location")).toBe(`/u/${token}?done=save`);
  expect(await read()).toMatchObject(elsewhere);
  expect(await chosen()).toEqual([
    ["News", "default", "off"],
    ["Tips", "off", "on"],
  ]);
  // What it showed as chosen and now says is default becomes so.
  await form({ do: "save", ...was, "was:email:Tips": "on", "email:Tips": "default" });
  expect(await chosen()).toEqual([
    ["News", "default", "off"],
    ["Tips", "off", "default"],
  ]);
});
