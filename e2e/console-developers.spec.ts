import { readFileSync } from "node:fs";
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { SignJWT } from "jose";
import { expectAccessible } from "./accessible.ts";
import { openConsole } from "./console.ts";
import { choose, expect, pick, test, unheard } from "./journey.ts";
import { pressCreate } from "./own-tenant.ts";
import { callAs, makeGroup, productUrl, readDemo } from "./people.ts";

const tenantUrl = () => `${productUrl()}/tenant/demo/v1`;

test("an issuer is made with a secret that is shown once; its tokens are tried, and count", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/issuers");
  const name = unheard("Backend");
  await pressCreate(page);
  const dialog = page.getByRole("dialog", { name: "Trust an issuer" });
  await choose(page, dialog.getByRole("combobox", { name: "Kind" }), "Shared secret");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Issuer (iss)").fill(name);
  await dialog.getByRole("button", { name: "Make one" }).click();
  await expect(dialog.getByLabel("Secret", { exact: true })).not.toHaveValue("");
  const secret = await dialog.getByLabel("Secret", { exact: true }).inputValue();
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.locator("[data-secret]")).toHaveText(secret);
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("table", { name: "Issuers" })).toContainText(name);
  await expect(page.locator("[data-secret]")).toHaveCount(0); // the dialog fades
  expect(await page.content()).not.toContain(secret);

  const sign = (key: string, exp: string) =>
    new SignJWT({ groups: ["Admin"] })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(name)
      .setSubject("ada")
      .setExpirationTime(exp)
      .sign(new TextEncoder().encode(key));
  const tester = page.getByRole("region", { name: "Try a token" });
  const tryIt = async (token: string) => {
    await tester.getByLabel("Token").fill(token);
    await tester.getByRole("button", { name: "Try it" }).click();
  };
  const good = await sign(secret, "10m");
  await tryIt(good);
  await expect(tester.getByRole("status").first()).toContainText("accepted");
  await expect(tester.getByRole("status").first()).toContainText(`Issuer${name}`);
  await tryIt(await sign(secret, "-10m"));
  await expect(tester.getByRole("status").first()).toContainText("refused: expiry");
  await tryIt(await sign("another secret of more than 32 bytes", "10m"));
  await expect(tester.getByRole("status").first()).toContainText(
    "None of the keys of the issuers that fit has signed it.",
  );
  const answer = await fetch(`${tenantUrl()}/Chat`, { headers: { authorization: `Bearer ${good}` } });
  expect(answer.status).toBe(200);
  const audit = JSON.stringify(await callWithKeyGet("/admin/audit?operation=issuers"));
  expect(audit).toContain("issuers.test");
  expect(audit).not.toContain(good.slice(-20));
  expect(audit).not.toContain(secret);

  await pick(page.getByRole("button", { name: `Actions of ${name}` }), "Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("table", { name: "Issuers" })).not.toContainText(name);
  expect(noise).toEqual([]);
  await close();
});

test("an operator is invited and the invitation revoked; the audit log says so, filters by its address, and is exported", async ({
  browser,
}) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/operators");
  const email = `${crypto.randomUUID()}@example.com`;
  await expect(page.getByText("The last owner stays")).toBeVisible();
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("radio", { name: /^read-only/u }).check();
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.locator("[data-secret]")).toContainText("/invite/demo.");
  await page.keyboard.press("Escape");
  await page.getByLabel("I have it, or the mail is enough").check();
  await page.getByRole("button", { name: "Done" }).click();
  const invitations = page.getByRole("table", { name: "Invitations" });
  await expect(invitations).toContainText(email);
  await page.getByRole("button", { name: `Revoke the invitation of ${email}` }).click();
  await expect(page.getByText(`The invitation of ${email} is revoked`).first()).toBeVisible();

  await page.goto("/t/demo/audit?operation=operators.invite");
  const log = page.getByRole("table", { name: "Audit log" });
  await expect(log.getByRole("row")).not.toHaveCount(1);
  await log.getByRole("button", { name: "operators.invite" }).first().click();
  await expect(page.getByRole("region", { name: "Asked for" })).toContainText(email);
  // The link shows it, wherever in the list it is by now.
  const open = new URL(page.url()).searchParams.get("open");
  await page.goBack();
  await expect(page.getByRole("region", { name: "Asked for" })).toHaveCount(0);
  await expect(log).toBeVisible();
  await page.goto(`/t/demo/audit?operation=nothing.such&open=${open}`);
  await expect(page.getByRole("region", { name: "Asked for" })).toContainText(email);
  await page.goto(`/t/demo/audit?operation=operators.invite&open=${crypto.randomUUID()}`);
  await expect(page.getByText("This entry is not kept any more")).toBeVisible();
  await page.keyboard.press("Escape");
  const downloading = page.waitForEvent("download");
  await pick(page.getByRole("button", { name: "Export" }), /CSV/u);
  const csv = readFileSync(await (await downloading).path(), "utf8");
  expect(csv.split("\r\n")[0]).toContain("operation");
  expect(csv).toContain(email);
  // By time: nothing was noted before the year 2001.
  await page.getByLabel("Until").fill("2001-01-01T00:00:00");
  await page.getByLabel("Until").press("Enter");
  await expect(page.getByText("None fits these filters")).toBeVisible();
  expect(noise).toEqual([]);
  await close();
});

test("the inspector shows a frame that a stock client sends, and the event that it causes", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Wire"), "emma", "joana");
  const { page, noise, close } = await openConsole(browser, "/t/demo/inspector");
  await expect(page.getByRole("status").getByText("Listening", { exact: true })).toBeVisible();
  const token = readDemo().users.find(({ userId }) => userId === "joana")?.token ?? "";
  const hub = new HubConnectionBuilder()
    .withUrl(`${tenantUrl()}/hub`, { accessTokenFactory: () => token })
    .configureLogging(LogLevel.None)
    .build();
  await hub.start();
  const text = unheard("Seen on the wire");
  const frames = page.getByRole("table", { name: "Frames on the wire" });
  const shown = frames.getByRole("row").filter({ hasText: "SendMessage" }).filter({ hasText: "joana" });
  // As often as it takes: in a second in which others say much, frames are left out.
  let times = 0;
  await expect(async () => {
    times++;
    await hub.invoke("SendMessage", { chatId: id, content: text });
    await expect(shown.first()).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await page.getByRole("searchbox", { name: "Text" }).fill(text);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/text=Seen/u);
  const sent = frames.getByRole("button", { name: "SendMessage" });
  await expect.poll(() => sent.count()).toBeLessThanOrEqual(times); // those of others go a moment later
  await sent.first().click();
  const opened = page.getByRole("dialog", { name: "SendMessage" });
  await expect(opened).toContainText(`"content": "${text}"`);
  await page.keyboard.press("Escape");

  await page.goto(`/t/demo/inspector?view=events&chat=${id}`);
  await expect(page.getByRole("status").getByText("Listening", { exact: true })).toBeVisible();
  // What happens while it is paused comes afterwards, also where nothing came before.
  await page.getByRole("button", { name: "Pause" }).last().click();
  await expect(page.getByRole("status").getByText("Paused", { exact: true })).toBeVisible();
  await hub.invoke("SendMessage", { chatId: id, content: "While paused" });
  await page.getByRole("button", { name: "Resume" }).last().click();
  const events = page.getByRole("table", { name: "Log of events" });
  await expect(events.getByRole("row").filter({ hasText: "message.created" }).first()).toContainText("While paused");
  await hub.invoke("SendMessage", { chatId: id, content: "As an event" });
  await expect(events).toContainText("As an event");
  // From the last that was shown, each once.
  await page.getByRole("button", { name: "Pause" }).last().click();
  await hub.invoke("SendMessage", { chatId: id, content: "Paused again" });
  await page.getByRole("button", { name: "Resume" }).last().click();
  await expect(events).toContainText("Paused again");
  await expect(events.getByRole("row").filter({ hasText: "message.created" })).toHaveCount(3);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByText("Nothing came yet")).toBeVisible();
  await hub.stop();
  expect(noise).toEqual([]);
  await close();
});

test("a call from the playground is answered, shown as code, and found in the request log beside what failed", async ({
  browser,
}) => {
  const { id } = await makeGroup(unheard("Play"), "emma", "joana");
  await fetch(`${tenantUrl()}/Chat/undefined`, {
    headers: { "x-api-key": readDemo().apiKey, "x-act-as-user": "emma" },
  });
  const { page, noise, close } = await openConsole(browser, "/t/demo/playground?operation=messages.send");
  await page.getByLabel("Calling user's id").fill("emma");
  await page.getByLabel("chatId", { exact: true }).fill(id);
  const text = unheard("From the playground");
  await page.getByLabel("content", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Call", exact: true }).click();
  const answer = page.getByRole("region", { name: "Answer" });
  await expect(answer).toContainText("201");
  await expect(answer).toContainText(text);
  const { data } = await callAs<{ data: { content: string }[] }>("joana", "GET", `/Chat/${id}/messages`);
  expect(data[0]?.content).toBe(text);
  const code = page.getByRole("region", { name: "The same in code" });
  await expect(code).toContainText(`/Chat/${id}/messages`);
  expect(await code.textContent()).not.toContain("eyJ");

  const failed = async () =>
    ((await callWithKeyGet("/admin/requests?operation=chats.get")) as { data: unknown[] }).data;
  await expect.poll(async () => (await failed()).length).toBeGreaterThan(0);
  await answer.getByRole("link", { name: "In the request log" }).click();
  const log = page.getByRole("table", { name: "API requests" });
  await expect(log.getByRole("row")).toHaveCount(2);
  await expect(log).toContainText("messages.send");
  await page.getByRole("button", { name: "Clear" }).click();
  const errors = page.getByRole("table", { name: "Errors of the last 24 hours" });
  await errors.getByRole("button", { name: "chats.get" }).first().click();
  await expect(page).toHaveURL(/operation=chats\.get/u);
  await expect(log.getByRole("row").nth(1)).toContainText("not_found");
  expect(noise).toEqual([]);
  await close();
});

test("what the log of requests finds of the last day moves nothing below it", async ({ browser }) => {
  const { page, close } = await openConsole(browser, "/t/demo/requests");
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(/requests\.summarize/u, async (route) => {
    await held;
    await route.continue();
  });
  await page.reload();
  const day = page.getByRole("region", { name: "The last 24 hours" });
  await expect(day.getByText("Loading")).toBeAttached();
  const topOf = async () => (await page.getByLabel("Outcome").boundingBox())?.y;
  const before = await topOf();
  letGo();
  await expect(day.getByText("Noted in the last 24 hours")).toBeVisible();
  expect(await topOf()).toBe(before);
  await close();
});

test("an operator of another tenant is told so, and the page holds nothing of it", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo");
  for (const path of ["", "/issuers", "/operators", "/audit", "/inspector", "/requests", "/playground"]) {
    await page.goto(`/t/harbour${path}`);
    await expect(page.getByRole("heading", { name: "Not one of your tenants" })).toBeVisible();
    expect(await page.content()).not.toContain("Harbour");
  }
  expect(noise).toEqual([]);
  const statuses = await page.evaluate(async () => {
    const calls = ["tenants.get", "issuers.list", "operators.list", "audit.list", "frames.list", "requests.list"];
    const ask = (name: string) => fetch(`/api/trpc/${name}`, { headers: { "x-tenant-id": "harbour" } });
    return (await Promise.all(calls.map(ask))).map(({ status }) => status);
  });
  expect([...new Set(statuses)]).toEqual([403]);
  await close();
});

test("the pages for developers meet WCAG 2.2 AA in both themes and fit 360 px", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/issuers");
  // The console's own pages are looked at in console.spec.ts.
  for (const path of ["/t/demo/playground?operation=messages.send", "/account", "/installation"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("main [aria-busy]")).toHaveCount(0);
    await expectAccessible(page);
  }
  expect(noise).toEqual([]);
  await close();
});

async function callWithKeyGet(path: string): Promise<unknown> {
  return (await fetch(`${tenantUrl()}${path}`, { headers: { "x-api-key": readDemo().apiKey } })).json();
}

test("a retention of no days for requests, set in the browser, keeps calls out of the log", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/settings");
  const days = page.getByLabel("Days of API requests; 0 for none");
  const save = async (value: string) => {
    await days.fill(value);
    const saved = page.waitForResponse((response) => response.url().includes("tenants.update"));
    await page.getByRole("button", { name: "Save retention" }).click();
    expect((await saved).status()).toBe(200);
  };
  const { apiKey, second } = readDemo();
  const call = async (url: string, key: string) =>
    (await fetch(`${url}/Users/ada`, { headers: { "x-api-key": key } })).headers.get("x-request-id");
  const noted = async (url: string, key: string, id: string | null) => {
    const response = await fetch(`${url}/admin/requests?requestId=${id}`, { headers: { "x-api-key": key } });
    return ((await response.json()) as { data: unknown[] }).data.length;
  };
  await save("0");
  const unseen = await call(tenantUrl(), apiKey);
  // Calls are written tenant by tenant, in their order: when this one is, the one before it is settled.
  const elsewhere = `${productUrl()}/tenant/${second.tenantId}/v1`;
  const after = await call(elsewhere, second.apiKey);
  await expect.poll(() => noted(elsewhere, second.apiKey, after)).toBe(1);
  await save("7");
  const seen = await call(tenantUrl(), apiKey);
  await expect.poll(() => noted(tenantUrl(), apiKey, seen)).toBe(1);
  expect(await noted(tenantUrl(), apiKey, unseen)).toBe(0);
  expect(noise).toEqual([]);
  await close();
});
