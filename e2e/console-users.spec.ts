import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { choose, expect, pick, test } from "./journey.ts";
import { settingsOf } from "./own-settings.ts";
import { makeOwnTenant, type OwnTenant, pressCreate } from "./own-tenant.ts";
import { productUrl } from "./people.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "harbour");
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

test("a chat is made, its rules, words and people are changed, and it is deleted: its members feel each of it", async () => {
  const { page } = own;
  await own.open("/chats");
  await pressCreate(page);
  const making = page.getByRole("dialog", { name: "Create a chat" });
  await making.getByLabel("Name", { exact: true }).fill("Crew");
  await making.getByLabel("Members", { exact: true }).fill("ada, ben");
  await making.getByLabel("Only its owner and moderators add, remove and rename").check();
  await making.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Crew" })).toBeVisible();
  const chat = `/Chat/${page.url().split("/").at(-1)}`;
  await page.goBack();
  await expect(page.getByRole("table", { name: "Chats" }).getByText("Crew")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.goForward();
  const rename = async (as: string, name: string) => (await own.call("PATCH", chat, { name }, as)).status;
  const say = (as: string) => own.call<{ code?: string }>("POST", `${chat}/messages`, { content: "x" }, as);
  expect([await rename("ben", "Ben's"), await rename("ada", "Ada's")]).toEqual([403, 200]);
  await expect(page.getByRole("heading", { level: 1, name: "Ada's" })).toBeVisible();

  await page.getByRole("tab", { name: "Members" }).click();
  const saved = page.waitForResponse(/adminChats\.updateMember/);
  // By keyboard: nothing is done on the way to what is meant.
  await page.getByLabel("Role of ben").press("ArrowDown");
  await expect(page.getByRole("option", { name: "member" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Role of ben")).toHaveText("member");
  await choose(page, page.getByLabel("Role of ben"), "moderator");
  expect((await saved).status()).toBe(200);
  expect(await rename("ben", "Ben's")).toBe(200);
  // A column of ids, as it is pasted.
  await page.getByLabel("Users to add").fill("cleo\ndora lee");
  await page.getByLabel("Users to add").press("Enter");
  await expect(page.getByRole("button", { name: "Mute dora lee" })).toBeVisible();
  await expect(page.getByLabel("Users to add")).toHaveValue("");
  await pick(page.getByRole("button", { name: "Mute cleo" }), "until further notice");
  await expect(page.getByRole("button", { name: "Let cleo write again" })).toBeVisible();
  expect((await say("cleo")).body.code).toBe("muted");
  await page.getByRole("button", { name: "Remove cleo" }).click();
  await expect(page.getByRole("row", { name: /cleo/ })).toHaveCount(0);
  expect((await own.call("GET", chat, undefined, "cleo")).status).toBe(404);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "Let cleo write again" })).toBeVisible();
  expect((await say("cleo")).body.code, "is muted as before").toBe("muted");
  await page.getByRole("button", { name: "Let cleo write again" }).click();
  await expect(page.getByLabel("Mute cleo")).toBeVisible();
  expect((await say("cleo")).status).toBe(201);

  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Who adds, removes and renames").selectOption("Any member");
  await page.getByLabel("Metadata").fill('{"deck":3}');
  // Somebody renames it meanwhile: that is shown, and what was typed stays.
  expect(await rename("ada", "Ada's again")).toBe(200);
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Ada's again");
  await expect(page.getByLabel("Metadata")).toHaveValue('{"deck":3}');
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const { body } = await own.call<object>("GET", chat, undefined, "cleo");
  expect(body).toMatchObject({ name: "", policy: "open", metadata: { deck: 3 } });
  expect(await rename("cleo", "Cleo's")).toBe(200);
  await expect(page.getByRole("heading", { level: 1, name: "Cleo's" })).toBeVisible();
  await page.getByRole("button", { name: "Delete…" }).click();
  const sure = page.getByRole("alertdialog", { name: "Delete this chat?" });
  await expect(sure.getByRole("button", { name: "Delete it" })).toBeDisabled();
  await sure.getByLabel("Type Cleo's").fill("Cleo's");
  await sure.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Delete…" }).click();
  await expect(sure.getByRole("button", { name: "Delete it" }), "is asked for anew").toBeDisabled();
  await sure.getByLabel("Type Cleo's").fill("Cleo's");
  await sure.getByRole("button", { name: "Delete it" }).click();
  await page.waitForURL(`**/t/${own.tenantId}/chats`);
  expect((await own.call("GET", chat, undefined, "ada")).status).toBe(404);
});

test("a user is added, described, disconnected, told by mail, and refused from then on", async () => {
  const { page, tenantId } = own;
  const { notify, mailOf } = settingsOf(own);
  await own.call("PUT", "/admin/categories/Delay", { title: "Delays", channels: ["inApp"] });
  await own.open("/users");
  await pressCreate(page);
  const adding = page.getByRole("dialog", { name: "Add a user" });
  await adding.getByLabel("Id", { exact: true }).fill("ada");
  await adding.getByLabel("Name", { exact: true }).fill("Ada");
  await adding.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada" })).toBeVisible();
  const fields = { Name: "Ada Lovelace", Address: "ada@harbour.example", "Time zone": "Asia/Dubai" };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByLabel("Metadata").fill('{"deck":3}');
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();
  const profile = { displayName: "Ada Lovelace", email: "ada@harbour.example", timezone: "Asia/Dubai" };
  expect((await own.call("GET", "/Users/ada")).body).toMatchObject({ ...profile, metadata: { deck: 3 } });
  await page.getByRole("tab", { name: "Inbox" }).click();
  await page.getByRole("link", { name: "Send a notification" }).click();
  await expect(page.getByLabel("User's id")).toHaveValue("ada");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();

  const { token } = (await own.call<{ token: string }>("POST", "/tokens", { userId: "ada" })).body;
  const hub = new HubConnectionBuilder()
    .withUrl(`${productUrl()}/tenant/${tenantId}/v1/hub`, { accessTokenFactory: () => token })
    .configureLogging(LogLevel.None)
    .build();
  await hub.start();
  const closed = new Promise((resolve) => hub.onclose(resolve));
  // Whoever is there and away is not said to be online.
  expect((await own.call("PUT", "/presence", { state: "away" }, "ada")).status).toBe(200);
  await expect(page.getByText("1 connection", { exact: true })).toBeVisible();
  await expect(page.getByText("online", { exact: true })).toHaveCount(0);
  await page.getByRole("tab", { name: "Connections" }).click();
  await page.getByRole("button", { name: "Disconnect ada (SignalR)" }).click();
  expect(String(await closed)).toContain("Disconnected by an operator");

  expect((await mailOf(await notify({ type: "Delay" }))).status).toBe("not_asked");
  await page.getByRole("tab", { name: "Preferences" }).click();
  const saved = page.waitForResponse(/preferences\.put/);
  await choose(page, page.getByLabel("Delays, by email"), "on");
  expect((await saved).status()).toBe(200);
  expect((await mailOf(await notify({ type: "Delay" }))).status).toBe("caught");
  await page.getByRole("tab", { name: "Inbox" }).click();
  await expect(page.getByRole("table", { name: "Notifications" }).getByText("caught")).toBeVisible();

  const asAda = async () =>
    (await fetch(`${productUrl()}/tenant/${tenantId}/v1/counters`, { headers: { authorization: `Bearer ${token}` } }))
      .status;
  expect(await asAda()).toBe(200);
  await page.getByRole("tab", { name: "Access and data" }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke them" }).click();
  await expect(page.getByText(/^Every token issued so far is refused/)).toBeVisible();
  await expect.poll(asAda).toBe(401);

  // Adding somebody who is there changes nothing of them.
  await own.open("/users?create=true");
  await adding.getByLabel("Id", { exact: true }).fill("ada");
  await adding.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();
  expect((await own.call("GET", "/Users/ada")).body).toMatchObject(profile);
});
