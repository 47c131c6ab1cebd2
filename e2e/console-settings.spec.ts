import type { WebSocket } from "@playwright/test";
import { firstIdAt } from "../server/ids.ts";
import { expectAccessible } from "./accessible.ts";
import { expect, holdNext, test } from "./journey.ts";
import { type OwnSettings, settingsOf } from "./own-settings.ts";
import { callInPage, makeOwnTenant, type OwnTenant, openAs } from "./own-tenant.ts";
import { productUrl } from "./people.ts";

// Each control of the page is changed on the page, and its effect is seen from outside. One tenant, whose settings stay changed.
let own: OwnTenant;
let { save, notify, caught } = {} as OwnSettings;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "settings");
  ({ save, notify, caught } = settingsOf(own));
  await own.call("PUT", "/Users/ada", { displayName: "Ada", email: "ada@settings.example" });
});
test.beforeEach(() => own.open("/settings"));
test.afterAll(async () => {
  // Asking for the password is an answer of 403, which the browser notes.
  expect(own.noise.filter((line) => !line.includes("403"))).toEqual([]);
  await own.close();
});

const hosted = (headers: Record<string, string> = {}) =>
  fetch(`${productUrl()}/tenant/${own.tenantId}/v1/hosted`, { headers });
const tokenOf = async (userId: string) => (await own.call<{ token: string }>("POST", "/tokens", { userId })).body.token;
const asUser = (token: string, path = "/counters") =>
  fetch(`${productUrl()}/tenant/${own.tenantId}/v1${path}`, { headers: { authorization: `Bearer ${token}` } });

test("name, time zone and presence", async () => {
  const token = await tokenOf("ada");
  await save("General", { Name: "Montijo Line", "Time zone": "Asia/Dubai", "Users see who else is there": false });
  expect(await (await hosted()).json()).toMatchObject({ name: "Montijo Line" });
  const { body } = await own.call<{ scheduledFor: string }>("POST", "/Notifications", {
    ...{ userId: "zoe", subject: "s", message: "m", scheduledForLocal: "2999-01-01T09:00" },
  });
  expect(body.scheduledFor).toBe("2999-01-01T05:00:00.000Z");
  await own.call("POST", "/Chat", { name: "Deck", memberUserIds: ["ben"] }, "ada");
  const seen = async () => {
    const { data } = (await (await asUser(token, "/presence?userIds=ada,ben")).json()) as {
      data: { userId: string }[];
    };
    return data.map(({ userId }) => userId);
  };
  expect(await seen()).toEqual(["ada"]);
  await save("General", { "Users see who else is there": true, "Time zone": "UTC" });
  expect((await seen()).toSorted()).toEqual(["ada", "ben"]);
});

test("what is put back at once is saved as well, before the page has read anew what it saved", async () => {
  const zone = async () => (await own.call<{ settings: { timezone: string } }>("GET", "/admin/tenant")).body.settings;
  const before = await zone();
  const letGo = await holdNext(own.page, /tenants\.get/u);
  await save("General", { "Time zone": "Asia/Tokyo" });
  expect((await zone()).timezone).toBe("Asia/Tokyo");
  await save("General", { "Time zone": before.timezone });
  expect(await zone()).toEqual(before);
  await letGo();
});

test("branding: name, logo and colour in the mail and on the hosted chat; a logo can be taken away", async ({
  page,
}) => {
  await save("Branding", {
    "Name that people see": "Montijo",
    "Address of the logo": `${productUrl()}/icon.svg`,
    "Colour of buttons and links": "#aa0011",
  });
  await notify({ subject: "In red", email: "ada@settings.example" });
  const mail = await caught("In red");
  for (const part of ["#aa0011", "/icon.svg", "Sent by"]) expect(mail.html).toContain(part);
  expect(mail.text).toContain("Sent by Montijo");
  await page.goto(`/chat/${own.tenantId}#token=${await tokenOf("ada")}`);
  await expect(page.getByRole("img", { name: "Montijo" })).toBeVisible();
  await expect(page).toHaveTitle(/Chat – Montijo/);
  const accent = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
  await expect.poll(accent).toContain("#aa0011");
  await save("Branding", { "Address of the logo": "" });
  await page.goto(`/inbox/${own.tenantId}#token=${await tokenOf("ada")}`);
  await expect(page.getByText("Montijo", { exact: true })).toBeVisible();
  await expect(page.getByRole("img", { name: "Montijo" })).toHaveCount(0);
});

test("an origin: the CORS header, and who may frame the chat", async () => {
  const origin = "https://app.montijo.example";
  const allowed = async () => (await hosted({ origin })).headers.get("access-control-allow-origin");
  await save("Allowed origins", { Origins: "https://else.example" });
  expect(await allowed()).toBeNull();
  await save("Allowed origins", { Origins: `https://else.example\n${origin}` });
  expect(await allowed()).toBe(origin);
  const chat = await fetch(`${productUrl()}/chat/${own.tenantId}`);
  expect(chat.headers.get("content-security-policy")).toContain(origin);

  // A link to this part leads to it, whether the page has it already or not. By its very words: the page left by Back, which stays
  // until the other is drawn, has one of its own.
  const { page } = own;
  const part = page.getByRole("heading", { name: "Allowed origins" });
  const follow = () => page.getByRole("link", { name: "allowed origins", exact: true }).click();
  await own.open("/issuers");
  for (const go of [follow, () => page.reload(), () => page.goBack().then(follow)]) {
    await go();
    await expect(part).toBeInViewport();
    await expect(part).toBeFocused();
  }
});

test("limits: of a user, a key, the tenant and a stranger, each 429 beyond it", async () => {
  const token = await tokenOf("ada");
  const byUser = () => asUser(token);
  const byKey = () => own.call("GET", "/Users/ada");
  const byNobody = () => fetch(`${productUrl()}/tenant/${own.tenantId}/v1/Users/ada`);
  const refused = async (ask: () => Promise<{ status: number }>) =>
    (await Promise.all(Array.from({ length: 12 }, ask))).filter(({ status }) => status === 429).length;
  const limits = [
    ["One user", byUser, "100", "1000"],
    ["One API key", byKey, "1000", "5000"],
    ["The tenant", byKey, "5000", "10000"],
    ["An address without credential", byNobody, "20", "100"],
  ] as const;
  for (const [label, ask, rate, burst] of limits) {
    await save("Limits", { [`${label}: a second`]: "0.1", [`${label}: at once`]: "3" });
    expect(await refused(ask), label).toBeGreaterThanOrEqual(8);
    await save("Limits", { [`${label}: a second`]: rate, [`${label}: at once`]: burst });
    // A bucket fills as fast as it may now.
    await expect.poll(async () => (await ask()).status, label).not.toBe(429);
  }
  await expect.poll(() => tokenOf("ada")).toBeDefined();
  const cap = (value: string | null) =>
    own.sql("update tenants set rate_cap = $2::jsonb where id = $1", [own.tenantId, value]);
  await cap('{"rate": 800, "burst": 900}');
  await own.page.reload();
  const box = own.page.getByLabel("The tenant: a second");
  await expect(box).toHaveAccessibleDescription("At most 800: the installation's operators have limited it.");
  await expect(own.page.getByText("At most 900: the installation's operators have limited it.")).toBeVisible();
  await cap(null);
});

test("retention: events and API requests beyond it are gone", async () => {
  await notify();
  const old = Date.now() - 5 * 24 * 60 * 60 * 1000;
  const aged = "select count(*)::int as n from events where tenant_id = $1 and at < to_timestamp($2)";
  // What happens meanwhile is younger, and stays.
  const events = async () => (await own.sql<{ n: number }>(aged, [own.tenantId, old / 1000 + 60]))[0]?.n ?? 0;
  const work = async (task: string) => {
    await own.sql("select graphile_worker.add_job($1, job_key := 'journey', run_at := now())", [task]);
    const left = () => own.sql("select 1 from graphile_worker.jobs where key = 'journey'");
    await expect.poll(async () => (await left()).length).toBe(0);
  };
  // What is not planned, or not counted, does not go; the charts are counted once a minute.
  const clean = async () => {
    await work("minutes");
    await work("retention");
  };
  await own.sql("update events set at = to_timestamp($2) where tenant_id = $1", [own.tenantId, old / 1000]);
  const oldId = firstIdAt(old);
  const request = () => own.sql("select 1 from api_requests where tenant_id = $1 and id = $2", [own.tenantId, oldId]);
  const first = "select min(id::text)::uuid from api_requests where tenant_id = $1";
  // Calls are noted together, a while after they were made.
  await expect
    .poll(async () => {
      await own.sql(`update api_requests set id = $2 where tenant_id = $1 and id = (${first})`, [own.tenantId, oldId]);
      return (await request()).length;
    })
    .toBe(1);
  await clean();
  expect([(await events()) > 0, (await request()).length]).toEqual([true, 1]);
  await save("Retention", {
    "Days of the log that clients resume from": "3",
    "Days of API requests; 0 for none": "3",
  });
  await notify(); // a log is planned when it grows
  const left = async () => {
    await clean();
    return [await events(), (await request()).length];
  };
  await expect.poll(left, { timeout: 60_000 }).toEqual([0, 0]); // each look is two jobs of the worker
});

test("a role: who only reads is refused, and is not offered it", async ({ browser }) => {
  const page = await openAs(browser, own, "read-only");
  await expect(page.getByLabel("Name", { exact: true })).toBeDisabled();
  await expect(page.getByRole("button", { name: /^Save/ })).toHaveCount(0);
  await expect(page.getByText("Danger zone")).toHaveCount(0);
  const refused = await page.evaluate(async (tenantId) => {
    const headers = { "content-type": "application/json", "x-tenant-id": tenantId };
    return (await fetch("/api/trpc/tenants.update", { method: "POST", headers, body: '{"name":"Mine"}' })).status;
  }, own.tenantId);
  expect(refused).toBe(403);
  const at = (path: string) => page.goto(`/t/${own.tenantId}${path}`);
  for (const [path, empty] of [
    ["/templates?create=true", "There is no template yet"],
    ["/topics?create=true", "There is no topic yet"],
    ["/suppressions?create=true", "No address is listed"],
    ["/categories?open=%2B", "No type is declared yet"],
  ] as const) {
    await at(path);
    await expect(page.getByText(empty)).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await page.context().close();
});

test("a page that an old link leads beyond, and one whose session has ended, say what to do", async ({ browser }) => {
  const page = await openAs(browser, own, "support");
  const sockets: WebSocket[] = [];
  page.on("websocket", (socket) => void sockets.push(socket));
  await page.goto(`/t/${own.tenantId}/chats?before=garbage`);
  const back = page.getByRole("button", { name: "To the beginning" });
  await back.evaluate((button) => button.setAttribute("data-first", ""));
  // What is asked for once more, as something happened, takes the button from nobody who is just pressing it.
  await expect(page.getByRole("button", { name: /^Live\./u })).toBeVisible();
  const again = page.waitForResponse(/adminChats\.list/u);
  await own.call("POST", "/Chat", { name: "Bow", memberUserIds: ["ben"] }, "ada");
  await again;
  await expect(page.locator("button[data-first]")).toBeVisible();
  await back.click();
  await expect(page).toHaveURL(`/t/${own.tenantId}/chats`);
  await expect(page.getByRole("button", { name: "To the beginning" })).toHaveCount(0);
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Topics" }).click();
  const signIn = page.getByRole("alert").getByRole("link", { name: "Sign in" });
  await expect(signIn).toHaveAttribute("target", "_blank");
  await expect(signIn).toHaveAttribute("href", `/sign-in?next=${encodeURIComponent(`/t/${own.tenantId}/topics`)}`);
  await expect(page.getByRole("button", { name: /^Signed out\./u })).toBeVisible();

  // A socket knows the cookie that it was opened with, so that after a sign-in elsewhere, which nobody tells it of, it takes a new one.
  await expect.poll(() => sockets.at(-1)?.isClosed()).toBe(true);
  const before = sockets.length;
  await page.context().addCookies(cookies);
  await expect(page.getByRole("button", { name: /^Live\./u })).toBeVisible();
  await expect(signIn).toHaveCount(0);
  await expect.poll(() => sockets.length).toBeGreaterThan(before);
  await page.context().close();
});

test("danger: tokens are refused, and the tenant is deleted in a week by its typed name and the password", async () => {
  const { page } = own;
  const token = await tokenOf("ada");
  const { name } = (await (await hosted()).json()) as { name: string };
  const before = await asUser(token);
  expect(before.status, await before.text()).toBe(200);
  await page.getByRole("button", { name: "Refuse all tokens" }).click();
  await page.getByRole("button", { name: "Refuse them" }).click();
  await expect.poll(async () => (await asUser(token)).status).toBe(401);

  await own.sql(
    "update person_sessions set sudo_until = now() - interval '1 minute' where person_id in (select person_id from operators where tenant_id = $1)",
    [own.tenantId],
  );
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  const ask = page.getByRole("alertdialog");
  await expect(ask.getByRole("button", { name: "Delete it in 7 days" })).toBeDisabled();
  await ask.getByLabel("The tenant's name").fill(name);
  await ask.getByRole("button", { name: "Delete it in 7 days" }).click();
  const again = page.getByRole("dialog", { name: "Is it you?" });
  const keep = page.getByRole("button", { name: "Keep it" });
  await expect(again.or(keep)).toBeVisible();
  if (await again.isVisible()) {
    await again.getByLabel("Password").fill("a password that is long");
    await again.getByRole("button", { name: "Go on" }).click();
  }
  await expect(keep).toBeVisible();
  const standing = () => callInPage<{ deleteAfter?: string }>(page, own.tenantId, "tenants.update", {});
  expect((await standing()).deleteAfter).toBeDefined();
  await keep.click();
  await expect(page.getByRole("button", { name: `Delete ${name}` })).toBeVisible();
  expect((await standing()).deleteAfter).toBeUndefined();
});

test("the settings meet WCAG 2.2 AA in both themes and fit 360 px", () => expectAccessible(own.page));
