import { expect, test } from "vitest";
import { hintOf, overNow, patchOf, settingSections, type Tenant } from "./sections.ts";

const limits = settingSections.find(({ id }) => id === "limits")?.fields ?? [];
const stored = {
  settings: {
    rates: { user: { rate: 100, burst: 1000 } },
    tokenExpiry: { grace: 60 },
  },
} as unknown as Tenant;

const user = limits.filter(({ path }) => path.startsWith("settings.rates.user."));

test("what was changed becomes a patch, and nothing else", () => {
  const form = new FormData();
  form.set("settings.rates.user.rate", "2.5");
  form.set("settings.rates.user.burst", "1000");
  expect(patchOf(user, form, stored)).toEqual({ settings: { rates: { user: { rate: 2.5 } } } });
});

test("an emptied box of a number is no 0", () => {
  const form = new FormData();
  form.set("settings.rates.user.rate", "");
  form.set("settings.rates.user.burst", "0");
  expect(patchOf(user, form, stored)).toEqual({ settings: { rates: { user: { burst: 0 } } } });
});

test("a form that says what is stored is no patch", () => {
  const form = new FormData();
  form.set("settings.rates.user.rate", "100");
  form.set("settings.rates.user.burst", "1000");
  expect(patchOf(user, form, stored)).toBeUndefined();
});

test("a switch that is off is false, and lines are a list", () => {
  const form = new FormData();
  form.set("origins", " https://a.example \n\nhttps://b.example ");
  const fields = [
    { path: "on", label: "", kind: "switch" },
    { path: "origins", label: "", kind: "lines" },
  ] as const;
  const before = { on: true, origins: [] } as unknown as Tenant;
  expect(patchOf(fields, form, before)).toEqual({ on: false, origins: ["https://a.example", "https://b.example"] });
});

test("what is emptied is taken back where that is possible", () => {
  const form = new FormData();
  form.set("settings.branding.logoUrl", "");
  form.set("settings.branding.name", "");
  const fields = settingSections.find(({ id }) => id === "branding")?.fields.slice(0, 2) ?? [];
  const before = { settings: { branding: { logoUrl: "https://a.example/x.png" } } } as unknown as Tenant;
  expect(patchOf(fields, form, before)).toEqual({ settings: { branding: { logoUrl: null } } });
});

test("a list that another changed since it was shown keeps that change", () => {
  const fields = settingSections.find(({ id }) => id === "origins")?.fields ?? [];
  const listOf = (...names: string[]) => ({
    settings: { allowedOrigins: names.map((name) => `https://${name}.example`) },
  });
  const began = () => "https://a.example\nhttps://b.example\nhttps://c.example";
  const mergedWith = (now: object, said: object) =>
    overNow({ ...said }, fields, { now: now as unknown as Tenant, began });
  const typed = listOf("a", "new", "b");
  expect(mergedWith(listOf("a", "b", "c"), typed)).toEqual(typed);
  expect(mergedWith(listOf("a", "c", "theirs"), typed)).toEqual(listOf("a", "new", "theirs"));
  expect(mergedWith(listOf("a", "b", "c"), { name: "Acme" })).toEqual({ name: "Acme" });
});

test("what the installation caps is said beside the tenant's rate, and nowhere else", () => {
  const hints = limits.map((field) => hintOf(field, { rateCap: { rate: 50, burst: 80 } }));
  expect(hints.filter(Boolean)).toEqual([
    "At most 50: the installation's operators have limited it.",
    "At most 80: the installation's operators have limited it.",
  ]);
  expect(limits.map((field) => hintOf(field, {})).filter(Boolean)).toEqual([]);
});
