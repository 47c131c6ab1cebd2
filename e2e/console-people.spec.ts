import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HubConnection, HubConnectionBuilder, HubConnectionState, LogLevel } from "@microsoft/signalr";
import type { Page } from "@playwright/test";
import pg from "pg";
import { findRunningPostgres } from "../server/persistence/embedded-running.ts";
import { expectAccessible } from "./accessible.ts";
import { openConsole } from "./console.ts";
import { expect, intercept, loseAnswer, pick, test, unheard } from "./journey.ts";
import { pressCreate, untilAlive } from "./own-tenant.ts";
import { callAs, callWithKey, makeGroup, openHosted, productUrl, readDemo } from "./people.ts";

let database: pg.Client;

test.beforeAll(async () => {
  database = new pg.Client({
    connectionString: await findRunningPostgres(join(process.env.PARLEY_E2E_HOME ?? "", ".data")),
  });
  await database.connect();
});
test.afterAll(async () => {
  await database.end();
});

async function count(sql: string, values: unknown[]): Promise<number> {
  return Number((await database.query<{ count: string }>(sql, values)).rows[0]?.count);
}

/** The lines of the file that a press of Download gives. */
/** Presses it twice, because the first answer is lost on its way; one export comes of it. */
async function startExport(page: Page, subject: string): Promise<void> {
  const press = page.getByRole("button", { name: "Export", exact: true });
  await intercept(page, /\.export/u, loseAnswer, { times: 1 });
  await press.click();
  await expect(page.getByText("The service does not answer.", { exact: false })).toBeVisible();
  await press.click();
  await expect(page.getByText("The export has started", { exact: true })).toBeVisible();
  expect(await count("select count(*) from tasks where subject = $1", [subject])).toBe(1);
}

async function download(page: Page): Promise<{ record: string; data: Record<string, unknown> }[]> {
  const waited = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).first().click();
  const text = readFileSync(await (await waited).path(), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("what is moderated in the console is seen at once in the hosted chat, and the other way round", async ({
  browser,
}) => {
  const chat = await makeGroup(unheard("Moderated"), "emma", "ivo");
  const ivo = await openHosted(browser, "ivo", chat.id);
  const { page, noise, close } = await openConsole(browser, `/t/demo/chats/${chat.id}`);
  // Live: without a press of anything. Every poll of the console is an interval, of which this page has none.
  await page.addInitScript(() => Object.assign(window, { setInterval: () => 0 }));
  await page.reload();
  await untilAlive(page);
  const rude = unheard("Something rude");
  await ivo.say(rude);
  await expect(page.getByRole("list", { name: "Messages" }).getByText(rude)).toBeVisible();

  await page.getByRole("button", { name: /^Delete message 1 / }).click();
  await page.getByLabel("Reason").fill("Rude");
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(ivo.messages.getByText("Message deleted")).toBeVisible();
  await expect(page.getByRole("list", { name: "Messages" }).getByText(rude)).toHaveCount(0);

  await page.getByRole("button", { name: "Freeze", exact: true }).click();
  await expect(page.getByText("frozen").first()).toBeVisible();
  const words = async () => {
    const answer = await fetch(`${productUrl()}/tenant/demo/v1/Chat/${chat.id}/messages`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${readDemo().users.find(({ userId }) => userId === "ivo")?.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ content: "Still here?" }),
    });
    return ((await answer.json()) as { code?: string }).code ?? answer.status;
  };
  expect(await words()).toBe("chat_frozen");
  await page.getByRole("button", { name: "Unfreeze" }).click();
  await expect(page.getByRole("button", { name: "Freeze", exact: true })).toBeVisible();

  await page.getByRole("tab", { name: "Members" }).click();
  await pick(page.getByRole("button", { name: "Mute ivo" }), "for an hour");
  await expect(page.getByRole("button", { name: "Let ivo write again" })).toBeVisible();
  expect(await words()).toBe("muted");
  await page.getByRole("button", { name: "Let ivo write again" }).click();
  await expect(page.getByLabel("Mute ivo")).toBeVisible();
  expect(await words()).toBe(201);
  await page.getByRole("button", { name: "Remove ivo" }).click();
  await expect(ivo.page.getByRole("heading", { level: 1, name: /Moderated/ })).toHaveCount(0);

  await page.getByRole("tab", { name: "Events" }).click();
  for (const type of ["member.removed", "message.deleted", "chat.updated", "member.updated"])
    await expect(page.getByRole("list", { name: "Events" }).getByText(type).first()).toBeVisible();
  expect(noise).toEqual([]);
  await close();
  await ivo.page.context().close();
});

test("a chat is made, named and exported; the file holds what the database holds", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/chats");
  const name = unheard("Pier");
  await page.getByRole("table", { name: "Chats" }).waitFor();
  await pressCreate(page);
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("dialog").getByLabel("Members", { exact: true }).fill("emma, ivo\ngita");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const chatId = page.url().split("/").at(-1) ?? "";
  for (const content of ["One", "Two", "Three"]) await callAs("emma", "POST", `/Chat/${chatId}/messages`, { content });
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Name", { exact: true }).fill(`${name} 2`);
  // What is typed is there still after a look at another tab.
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(page.getByRole("row").filter({ hasText: "ivo" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toHaveCount(0);
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name} 2` })).toBeVisible();

  await startExport(page, chatId);
  await page.getByRole("button", { name: "View" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tasks" })).toBeVisible();
  // One that is stopped saves nothing, and can be begun again.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await intercept(page, /tasks\.download/u, (route) => held.then(() => route.continue().catch(() => {})), { times: 1 });
  await page.getByRole("button", { name: "Download" }).first().click();
  const progress = page.getByRole("progressbar", { name: /^Download of/u });
  await expect(progress).toHaveAttribute("aria-valuenow", "0");
  await page.getByRole("button", { name: "Stop the download" }).click();
  await expect(progress).toHaveCount(0);
  letGo();
  const lines = await download(page);
  await expect(progress).toHaveCount(0);
  const of = (record: string) => lines.filter((line) => line.record === record);
  expect(of("message").map(({ data }) => data.content)).toEqual(["One", "Two", "Three"]);
  expect(of("message").length).toBe(await count("select count(*) from messages where chat_id = $1", [chatId]));
  expect(of("member").length).toBe(await count("select count(*) from members where chat_id = $1", [chatId]));
  expect(of("chat")).toMatchObject([{ data: { name: `${name} 2` } }]);

  // Filters are in the address, and found again by it.
  await page.goto("/t/demo/chats");
  await untilAlive(page);
  await page.getByRole("searchbox", { name: "Name or id" }).fill(name);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/search=/);
  await page.reload();
  await expect(page.getByRole("table", { name: "Chats" }).getByRole("row")).toHaveCount(2);
  expect(noise.filter((line) => !line.includes("ERR_FAILED"))).toEqual([]);
  await close();
});

test("the chat opens at any of its messages, by number", async ({ browser }) => {
  const { rows } = await database.query<{ chat_id: string; last_seq: string }>(
    "select chat_id, last_seq from chat_heads where tenant_id = 'demo' order by last_seq desc limit 1",
  );
  const last = Number(rows[0]?.last_seq);
  const { page, noise, close } = await openConsole(browser, `/t/demo/chats/${rows[0]?.chat_id}`);
  await page.getByLabel("Number of a message").fill("7");
  await page.getByRole("button", { name: "Go to it" }).click();
  await expect(page.getByRole("article", { name: /^7, / })).toBeInViewport();
  await expect(page).toHaveURL(/seq=7/);
  await expect(page.getByText(/missing/)).toHaveCount(0);
  // Whoever reads on is not taken back to it by what changes on the page.
  const list = page.locator("ol[aria-label=Messages]");
  const readOnTo = await list.evaluate((element) => {
    element.scrollTo({ top: element.scrollHeight });
    return element.scrollTop;
  });
  await page.getByRole("button", { name: /^Delete message 17 / }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await list.evaluate((element) => element.scrollTop)).toBe(readOnTo);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Newest" }).click();
  await expect(page.getByRole("article", { name: new RegExp(`^${last}, `) })).toBeVisible();
  // Back leads to the tab as well.
  await page.getByRole("tab", { name: "Members" }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Messages" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("article", { name: /^7, / })).toBeInViewport();
  expect(noise).toEqual([]);
  await close();
});

test("a connection of a stock client is listed live and closed for good", async ({ browser }) => {
  const userId = unheard("client").replaceAll(" ", "-");
  const { token } = await callWithKey<{ token: string }>("POST", "/tokens", { userId });
  const hubs = [0, 1].map(() =>
    new HubConnectionBuilder()
      .withUrl(`${productUrl()}/tenant/demo/v1/hub`, { accessTokenFactory: () => token })
      .withAutomaticReconnect([0, 100])
      .configureLogging(LogLevel.None)
      .build(),
  );
  const [hub, later] = hubs as [HubConnection, HubConnection];
  const { page, noise, close } = await openConsole(browser, `/t/demo/connections?userId=${userId}`);
  await expect(page.getByText("None fits these filters")).toBeVisible();
  await hub.start();
  const closed = new Promise((resolve) => hub.onclose(resolve));
  await expect(page.getByRole("cell", { name: "SignalR", exact: true })).toBeVisible();
  const disconnect = page.getByRole("button", { name: `Disconnect ${userId} (SignalR)` });
  // Another that comes while one aims takes no place under the pointer.
  await disconnect.hover();
  await later.start();
  await expect(page.getByRole("status").getByText("1 new", { exact: true })).toBeVisible();
  await page.mouse.down();
  await page.mouse.up();
  expect(String(await closed)).toContain("Disconnected by an operator");
  await expect(disconnect).toHaveCount(1);
  expect(later.state).toBe(HubConnectionState.Connected);
  await later.stop();
  await expect(page.getByText("None fits these filters")).toBeVisible();
  expect(noise).toEqual([]);
  await close();
});

test("an operator looks on as a user, under a banner, in the chat and the inbox; the audit log says so", async ({
  browser,
}) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/users?search=ivo");
  // A row opens wherever one presses it.
  await page.getByRole("cell", { name: "ivo", exact: true }).click();
  await page.getByRole("button", { name: "Act as Ivo Santos…" }).click();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Open the hosted chat as Ivo Santos" }).click();
  const hosted = await opened;
  await expect(hosted.getByText("You act as ivo.")).toBeVisible();
  await expect(hosted.getByLabel("Connection: Live").first()).toBeAttached();
  expect(hosted.url()).not.toContain("token=");
  const entries =
    "select count(*) from audit_entries where operation = 'users.actAs' and target = 'userId:ivo' and outcome = 'ok'";
  expect(await count(entries, [])).toBeGreaterThan(0);
  await expect(hosted.getByText("You act as ivo.")).toBeInViewport();

  // To the inbox in a new tab or in this one, from there to a chat, and Back: the same person, with no token in an address.
  const { id } = await makeGroup(unheard("Looked into"), "ivo", "ben");
  const subject = unheard("Looked at");
  await callWithKey("POST", "/Notifications", { userId: "ivo", subject, message: "x", metadata: { chatId: id } });
  const isIvoAt = async (shown: Page, address: RegExp) => {
    await expect(shown).toHaveURL(address);
    await expect(shown.getByText("You act as ivo.")).toBeVisible();
  };
  await hosted.getByRole("button", { name: /^Notifications/u }).click();
  const all = hosted.getByRole("link", { name: "All notifications" });
  const opensTab = page.context().waitForEvent("page");
  await all.click({ button: "middle" });
  const tab = await opensTab;
  await isIvoAt(tab, /\/inbox\/demo$/u);
  await tab.close();
  await expect(all).toHaveAttribute("href", "/inbox/demo");
  await all.click();
  await isIvoAt(hosted, /\/inbox\/demo$/u);
  const item = hosted.getByRole("article", { name: new RegExp(`^${subject}`, "u") });
  await item.getByRole("button").first().click();
  await item.getByRole("button", { name: "Open the chat" }).click();
  await isIvoAt(hosted, new RegExp(`/chat/demo\\?chat=${id}$`, "u"));
  await expect(hosted.getByRole("textbox", { name: "Message", exact: true })).toBeVisible();
  await hosted.goBack();
  await isIvoAt(hosted, /\/inbox\/demo$/u);
  await expect(hosted).toHaveTitle(/Inbox/u);
  await hosted.close();
  expect(noise).toEqual([]);
  await close();
});

test("a person is exported, then erased, and nothing is left but tombstones", async ({ browser }) => {
  const userId = unheard("leaver").replaceAll(" ", "-");
  await callWithKey("PUT", `/Users/${userId}`, { displayName: "Lea Ver", email: "lea@example.com" });
  const { token } = await callWithKey<{ token: string }>("POST", "/tokens", { userId });
  const chat = await makeGroup(unheard("Farewell"), "emma", userId);
  const asLea = (path: string, body: unknown) =>
    fetch(`${productUrl()}/tenant/demo/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  for (const content of ["Hello", "Goodbye"]) await asLea(`/Chat/${chat.id}/messages`, { content });
  await callWithKey("POST", "/Notifications", { userId, subject: "Welcome", message: "Aboard" });

  const { page, noise, close } = await openConsole(browser, `/t/demo/users/${userId}?tab=access`);
  await startExport(page, userId);
  const lines = await download(page);
  const kinds = lines.map(({ record }) => record).sort();
  expect(kinds).toEqual(expect.arrayContaining(["membership", "message", "message", "notification", "user"]));

  await page.getByRole("button", { name: "Erase…" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByRole("button", { name: "Erase for ever" })).toBeDisabled();
  await dialog.getByLabel(`Type ${userId}`).fill(userId);
  await dialog.getByRole("button", { name: "Erase for ever" }).click();
  await expect(page.getByRole("link", { name: "Erasure of a person" })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Erasure" }).getByText("done")).toBeVisible();
  const left = `select (select count(*) from messages where sender_id = $1 and content <> '')
    + (select count(*) from members where user_id = $1) + (select count(*) from notifications where user_id = $1)
    + (select count(*) from users where id = $1 and (display_name is not null or email is not null))
    + (select count(*) from tasks where subject = $1 and kind = 'export-user') as count`;
  expect(await count(left, [userId])).toBe(0);
  expect(await count("select count(*) from messages where sender_id = $1 and deleted_at is not null", [userId])).toBe(
    2,
  );
  await expect.poll(async () => (await asLea(`/Chat/${chat.id}/messages`, { content: "Back" })).status).toBe(401);
  expect(noise.filter((line) => !line.includes("ERR_FAILED"))).toEqual([]);
  await close();
});

test("no page of chats and people has a fault that axe finds, in either theme, nor is wider than a phone", async ({
  browser,
}) => {
  const { rows } = await database.query<{ chat_id: string }>(
    "select chat_id from chat_heads where tenant_id = 'demo' order by last_seq desc limit 1",
  );
  const [chat, ada] = [`/chats/${rows[0]?.chat_id}`, "/users/ada"];
  // Their lists are looked at in console.spec.ts.
  const paths = [chat, `${chat}?tab=members`, `${chat}?tab=events`, `${chat}?tab=settings`];
  paths.push(ada, `${ada}?tab=chats`, `${ada}?tab=inbox`, `${ada}?tab=preferences`, `${ada}?tab=access`);
  const { page, noise, close } = await openConsole(browser, "/t/demo/chats");
  test.setTimeout(180_000);
  for (const path of paths) {
    await page.goto(`/t/demo${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0); // nothing loads any more
    await expectAccessible(page);
  }
  expect(noise).toEqual([]);
  await close();
});
