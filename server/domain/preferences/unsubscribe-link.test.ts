import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LinkGrant, readLinkToken, signLinkToken } from "../../auth/link-token.ts";
import { type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { maxChoices, type Preferences } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let token: string;
let people = 0;
let person: string;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PUT", "/admin/categories/News", { title: "Our news", channels: ["email"] });
  await tenant.key()("PUT", "/admin/categories/Tips", { title: "Tips", channels: ["inApp"] });
  await tenant.key()("PUT", "/admin/categories/PasswordReset", {
    title: "Passwords",
    channels: ["email"],
    required: true,
  });
});
afterAll(() => stack.close());
beforeEach(() => {
  person = `person ${++people}`;
  token = sign("News");
});

const sign = (type: string, more: Partial<LinkGrant> = {}) =>
  signLinkToken(testSecret, { tenantId: tenant.tenantId, userId: person, type, ...more });
const mailsOf = async (type: string) => {
  const { body } = await tenant.as(person)<Preferences>("GET", "/preferences");
  return body.categories.find((category) => category.type === type)?.channels.email.enabled;
};
const post = (body: BodyInit, init: RequestInit = {}) =>
  fetch(`${stack.url}/u/${token}`, { method: "POST", body, redirect: "manual", ...init });
const form = (fields: Record<string, string>) => post(new URLSearchParams(fields));
const visitor = (method: string, path: string, body?: object) =>
  fetch(`${tenant.url}/links/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
  });

describe("a mail provider", () => {
  test.each<[string, () => BodyInit]>([
    ["with a form", () => new URLSearchParams({ "List-Unsubscribe": "One-Click" })],
    [
      "with a form of parts",
      () => {
        const parts = new FormData();
        parts.set("List-Unsubscribe", "One-Click");
        return parts;
      },
    ],
  ])("unsubscribes %s, without a cookie, as often as it likes", async (_name, body) => {
    expect(await mailsOf("News")).toBe(true);
    for (let time = 0; time < 2; time++) {
      const answer = await post(body());
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe("Unsubscribed from Our news.\n");
    }
    expect(await mailsOf("News")).toBe(false);
    expect(await mailsOf("*")).toBe(false);
    expect(await mailsOf("PasswordReset")).toBe(true);
  });

  test("unsubscribes somebody who has chosen as much as one may", async () => {
    const categories = Array.from({ length: maxChoices / 2 }, (_, n) => ({
      type: `t${n}`,
      email: "off",
      inApp: "off",
    }));
    expect((await tenant.as(person)("PUT", "/preferences", { categories })).status).toBe(200);
    expect(
      (await tenant.as(person)("PUT", "/preferences", { categories: [{ type: "News", email: "off" }] })).status,
    ).toBe(409);
    expect((await form({ "List-Unsubscribe": "One-Click" })).status).toBe(200);
    expect(await mailsOf("News")).toBe(false);
    // One more than one may: what is there can be changed all the same, and nothing added.
    const answerTo = async (type: string, email: string) =>
      (await visitor("PUT", `${token}/preferences`, { categories: [{ type, email }] })).status;
    expect([await answerTo("t1", "on"), await answerTo("News", "off"), await answerTo("New", "on")]).toEqual([
      200, 200, 409,
    ]);
    expect([await mailsOf("t1"), await mailsOf("News")]).toEqual([true, false]);
    expect((await visitor("POST", `${token}/resubscribe`)).status).toBe(200);
    expect(await mailsOf("News")).toBe(true);
  });

  test("that only looks changes nothing", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) await fetch(`${stack.url}/u/${token}`, { method });
    await visitor("GET", `${token}/preferences`);
    expect(await mailsOf("News")).toBe(true);
  });

  test("gets a problem for a link that was not signed here, of another key, or changed", async () => {
    const said = Buffer.from(JSON.stringify([person, "News"])).toString("base64url");
    const forged = [
      "x",
      token.slice(0, -1),
      `${token}x`,
      token.replace("acme", "globex"),
      `acme.${said}.`,
      `acme.${said}.${"A".repeat(24)}`,
      signLinkToken("another secret, long enough to be one", {
        tenantId: tenant.tenantId,
        userId: person,
        type: "News",
      }),
    ];
    for (token of forged) expect((await form({ "List-Unsubscribe": "One-Click" })).status, token).toBe(404);
    expect(await mailsOf("News")).toBe(true);
  });

  test("cannot unsubscribe from what is required", async () => {
    token = sign("PasswordReset");
    expect((await form({ "List-Unsubscribe": "One-Click" })).status).toBe(409);
    expect(await mailsOf("PasswordReset")).toBe(true);
  });

  test("unsubscribes from a type that is not declared, whatever it is called", async () => {
    token = sign(`ünd 漢 ${"x".repeat(80)}`, { notificationId: crypto.randomUUID() });
    expect((await form({ "List-Unsubscribe": "One-Click" })).status).toBe(200);
    expect(await mailsOf(readLinkToken(testSecret, token).type)).toBe(false);
  });
});

describe("the link of a digest, which is of every type", () => {
  const oneClick = () => form({ "List-Unsubscribe": "One-Click" });
  const choose = (...categories: object[]) => tenant.as(person)("PUT", "/preferences", { categories });
  const choicesOf = async (...types: string[]) => {
    const { body } = await tenant.as(person)<Preferences>("GET", "/preferences");
    return types.map((type) => body.categories.find((category) => category.type === type)?.channels.email.choice);
  };
  beforeEach(() => {
    token = sign("*");
  });

  test("ends what was chosen too, but not what is required; taking it back brings that back, and nothing else", async () => {
    await choose(
      { type: "News", email: "on", inApp: "on" },
      { type: "Deals", email: "on" },
      { type: "Tips", email: "off" },
      { type: "PasswordReset", email: "on" },
    );
    const types = ["*", "News", "Deals", "Tips", "PasswordReset"];
    for (let time = 0; time < 2; time++) {
      expect(await (await oneClick()).text()).toBe("Unsubscribed from All mail.\n");
      expect(await choicesOf(...types)).toEqual(["off", "off", "off", "off", "on"]);
    }
    const { body } = await tenant.as(person)<Preferences>("GET", "/preferences");
    expect(body.categories.find(({ type }) => type === "News")?.channels.inApp.choice).toBe("on");
    await form({ do: "undo" });
    expect(await choicesOf(...types)).toEqual(["default", "on", "on", "off", "on"]);
  });

  test("leaves a no to one kind a no when it is taken back", async () => {
    const all = token;
    const ofNews = sign("News");
    await choose({ type: "News", email: "on" });
    for (const link of [ofNews, all]) {
      token = link;
      await oneClick();
    }
    await form({ do: "undo" });
    expect(await choicesOf("*", "News")).toEqual(["default", "off"]);
    // The other way round: the no to all comes first.
    await choose({ type: "News", email: "on" });
    for (const link of [all, ofNews, all]) {
      token = link;
      await oneClick();
    }
    await form({ do: "undo" });
    expect(await choicesOf("*", "News")).toEqual(["default", "off"]);
    token = ofNews;
    await form({ do: "undo" });
    expect(await choicesOf("News")).toEqual(["on"]);
  });

  test("is taken back for one kind by that kind's link", async () => {
    await choose({ type: "Tips", email: "on" });
    await oneClick();
    token = sign("Tips");
    await form({ do: "undo" });
    expect(await choicesOf("*", "Tips")).toEqual(["off", "on"]);
  });
});

describe("the page's form", () => {
  test("unsubscribes and takes it back, and comes back to the page", async () => {
    const answer = await form({ do: "unsubscribe" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/u/${token}?done=unsubscribe`]);
    expect(await mailsOf("News")).toBe(false);
    expect((await form({ do: "undo" })).headers.get("location")).toBe(`/u/${token}?done=undo`);
    expect(await mailsOf("News")).toBe(true);
  });

  test.each([
    ["who had chosen mail gets it as chosen", ["on", "unsubscribe", "unsubscribe", "undo"], "on"],
    ["who had chosen nothing gets what is asked for", ["unsubscribe", "undo"], "default"],
    ["who had said no elsewhere gets mail", ["off", "undo"], "on"],
    ["who had said no elsewhere, and once more by the link", ["off", "unsubscribe", "undo"], "on"],
    ["nothing more by taking it back twice", ["unsubscribe", "undo", "undo"], "default"],
    ["nor less", ["on", "unsubscribe", "undo", "undo"], "on"],
  ])("takes it back as it was, of a kind that is not mailed by default: %s", async (_name, acts, choice) => {
    token = sign("Tips");
    for (const act of acts)
      if (act.startsWith("un")) await form({ do: act });
      else await tenant.as(person)("PUT", "/preferences", { categories: [{ type: "Tips", email: act }] });
    const { body } = await tenant.as(person)<Preferences>("GET", "/preferences");
    expect(body.categories.find(({ type }) => type === "Tips")?.channels.email.choice).toBe(choice);
  });

  test("takes it back over a no to everything too", async () => {
    token = sign("Deals");
    await tenant.as(person)("PUT", "/preferences", { categories: [{ type: "*", email: "off" }] });
    await form({ do: "undo" });
    expect(await mailsOf("Deals")).toBe(true);
    expect(await mailsOf("*")).toBe(false);
  });

  test("saves all that it shows", async () => {
    const answer = await form({
      do: "save",
      "email:News": "off",
      "inApp:News": "on",
      "email:a:b": "on",
      quiet: "on",
      quietFrom: "21:15",
      digestEvery: "weekly",
      digestWeekday: "sunday",
      timezone: "Asia/Tokyo",
      pause: "",
    });
    expect(answer.headers.get("location")).toBe(`/u/${token}?done=save`);
    const { body } = await tenant.as(person)<Preferences>("GET", "/preferences");
    expect(body).toMatchObject({
      timezone: "Asia/Tokyo",
      quietHours: { enabled: true, from: "21:15", to: "07:00" },
      digest: { every: "weekly", weekday: "sunday" },
    });
    expect(body.categories.find(({ type }) => type === "a:b")?.channels.email.choice).toBe("on");
    expect(body).not.toHaveProperty("pausedUntil");
    await form({ do: "save" });
    expect((await tenant.as(person)<Preferences>("GET", "/preferences")).body.quietHours.enabled).toBe(false);
  });

  test("saves nothing that is so already: that follows the profile and the tenant as before", async () => {
    const shown = (await tenant.as(person)<Preferences>("GET", "/preferences")).body;
    const { quietHours, digest, timezone } = shown;
    const all = {
      ...{ "email:News": "off", "inApp:News": "default", "email:Tips": "default", pause: "", timezone },
      ...{ quietFrom: quietHours.from, quietTo: quietHours.to },
      ...{ digestEvery: digest.every, digestAt: digest.at, digestWeekday: digest.weekday },
    };
    expect((await form({ do: "save", ...all })).headers.get("location")).toBe(`/u/${token}?done=save`);
    expect(await mailsOf("News")).toBe(false);
    await tenant.key()("PUT", `/Users/${encodeURIComponent(person)}`, { timezone: "Asia/Tokyo" });
    const set = (from: string) =>
      tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { quietHours: { from } } } });
    await set("20:15");
    const { body } = await tenant.as(person)<Preferences>("GET", "/preferences");
    await set(quietHours.from);
    expect(body).toMatchObject({ timezone: "Asia/Tokyo", quietHours: { from: "20:15" } });
  });

  test.each([
    ["nothing", {}, "fault=invalid"],
    ["a zone that does not exist", { do: "save", timezone: "Mars" }, "fault=invalid"],
  ])("says what is wrong with %s", async (_name, fields, query) => {
    expect((await form(fields)).headers.get("location")).toBe(`/u/${token}?${query}`);
  });

  test("says so of a link that is not valid", async () => {
    token = "x.y.z";
    expect((await form({ do: "unsubscribe" })).headers.get("location")).toBe("/u/x.y.z?fault=not_found");
  });
});

test("the link shows one's own preferences, with the mail's type, and its own address", async () => {
  token = sign("Deals");
  const answer = await visitor("GET", `${token}/preferences`);
  const body = (await answer.json()) as Preferences & { type: string };
  expect(body).toMatchObject({ userId: person, type: "Deals", link: `http://localhost:3000/u/${token}` });
  expect(body.categories.map(({ type }) => type)).toEqual([
    "*",
    "News",
    "PasswordReset",
    "Tips",
    "ChatUnread",
    "Deals",
  ]);
});

test("a link of one tenant is none at another", async () => {
  const globex = await stack.tenant("globex");
  const answer = await fetch(`${globex.url}/links/${token}/unsubscribe`, { method: "POST" });
  expect(answer.status).toBe(404);
});
