import type { Locator } from "@playwright/test";
import { expectAccessible, expectNoFault } from "./accessible.ts";
import { expect, test, unheard } from "./journey.ts";
import { makeOwnTenant, type OwnTenant, untilAlive } from "./own-tenant.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "mails");
  await own.call("PUT", "/Users/ada", { displayName: "Ada Lovelace" });
});
/** What is deleted is asked for, and is not there. */
const wanted = /status of 404|^404: .*notifications\.getAny/;
test.afterAll(async () => {
  expect(own.noise.filter((line) => !wanted.test(line))).toEqual([]);
  await own.close();
});

const steps = () => own.page.getByRole("main").getByRole("listitem");

async function send(words: object): Promise<string> {
  const { status, body } = await own.call<{ id: string }>("POST", "/Notifications", { userId: "ada", ...words });
  expect(status).toBe(201);
  return body.id;
}

/** What the catcher has of an address. */
async function caught(to: string): Promise<{ subject: string; messageId: string }[]> {
  return await own.sql(
    "select subject, substring(convert_from(raw, 'UTF8') from '(?i)Message-ID: *(<[^>]+>)') as \"messageId\" from caught_mails where tenant_id = $1 and recipient = $2",
    [own.tenantId, to],
  );
}

/** What somebody has in the inbox. */
async function inbox(userId: string): Promise<string[]> {
  const { body } = await own.call<{ data: { subject: string }[] }>("GET", "/Notifications", undefined, userId);
  return body.data.map(({ subject }) => subject);
}

test("a notification that is cancelled before its time never comes, and its page says so", async () => {
  const { page } = own;
  const [cancelled, other] = [unheard("Cancelled"), unheard("The one after it")];
  const to = "cancelled@mails.example";
  const later = { message: "m", scheduledFor: "2999-01-01T09:00:00Z" };
  const id = await send({ ...later, subject: cancelled, email: to });
  const otherId = await send({ ...later, subject: other });
  await own.open(`/notifications/${id}`);
  await expect(page.getByRole("link", { name: "Ada Lovelace ada" })).toHaveAttribute(
    "href",
    `/t/${own.tenantId}/users/ada`,
  );
  await page.getByRole("button", { name: "Cancel it" }).click();
  const question = page.getByRole("alertdialog", { name: "Cancel this notification?" });
  await question.getByRole("button", { name: "Leave it" }).click();
  await expect(steps().filter({ hasText: "Will appear" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await question.getByRole("button", { name: "Cancel it" }).click();
  await expect(page.getByText("It is cancelled")).toBeVisible();
  await expect(steps().filter({ hasText: "Would have appeared" })).toContainText("it never appears");
  for (const name of ["Cancel it", "Change", "Send the mail again"])
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  await expectAccessible(page);

  // Its time comes, and with it that of one that was made after it.
  await own.sql(
    "update notifications set scheduled_for = now() - interval '1 minute' where tenant_id = $1 and id = $2",
    [own.tenantId, id],
  );
  await own.call("PATCH", `/Notifications/${otherId}`, { scheduledFor: "2020-01-01T09:00:00Z" });
  await expect.poll(() => inbox("ada")).toContain(other);
  expect(await inbox("ada")).not.toContain(cancelled);
  expect(await caught(to)).toEqual([]);
  await own.open("/notifications?status=cancelled");
  await expect(page.getByRole("row", { name: new RegExp(cancelled) })).toContainText("Ada Lovelace");
});

test("a mail that did not go out is sent again once it can be, and as often as it is asked for", async () => {
  const { page } = own;
  const to = "gone@mails.example";
  const subject = unheard("Once more");
  await own.call("POST", "/admin/suppressions", { address: to });
  const id = await send({ subject, message: "m", email: to });
  await own.open(`/notifications/${id}`);
  const mail = steps().filter({ hasText: `Mail to ${to}` });
  const again = page.getByRole("button", { name: "Send the mail again" });
  await expect(mail).toContainText("suppressed");
  await expect(steps().filter({ hasText: "Mail, try 1" })).toContainText("stopped");

  // Whoever is not to get mail does not get it by being asked for it twice.
  await again.click();
  await expect(page.getByText("The mail goes out once more").first()).toBeVisible();
  await expect(steps().filter({ hasText: "Mail, try 2" })).toContainText("stopped");
  await expect(mail).toContainText("suppressed");
  expect(await caught(to)).toEqual([]);

  await own.call("DELETE", `/admin/suppressions/${to}`);
  await again.click();
  await expect(steps().filter({ hasText: "Mail, try 3" })).toContainText("caught");
  await expect(mail).toContainText("caught");
  expect((await caught(to)).map((one) => one.subject)).toEqual([subject]);
  await again.click();
  await expect(steps().filter({ hasText: "Mail, try 4" })).toContainText("caught");
  await expect.poll(async () => (await caught(to)).length).toBe(2);
  const mails = await caught(to);
  expect(mails.map((one) => one.subject)).toEqual([subject, subject]);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(2);
  await mail.getByRole("link", { name: "Open the mail" }).click();
  await expect(page.getByRole("list", { name: "Caught mails" }).getByRole("button")).toHaveCount(2);

  // On a phone there is room for one of the two.
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.getByRole("heading", { name: subject })).toBeInViewport();
  await page.getByRole("button", { name: "All mails" }).click();
  const list = page.getByRole("list", { name: "Caught mails" });
  await list.getByRole("button").first().click();
  await expect(list).toHaveCount(0);
  await expect(page.getByRole("heading", { name: subject })).toBeInViewport();
  if (size) await page.setViewportSize(size);
});

test("a long list is paged by cursor, under a filter in the address and over a reload, with every row once", async () => {
  const { page, tenantId } = own;
  const addresses = Array.from({ length: 120 }, (_, n) => `p${String(n).padStart(3, "0")}@many.example`);
  await own.sql(
    `insert into suppressions (tenant_id, address, reason, created_at)
     select $1, address, 'manual', now() - place * interval '1 second' from unnest($2::text[]) with ordinality as r (address, place)
     union all select $1, 'other' || place || '@few.example', 'bounce', now() - place * interval '1 second' from generate_series(1, 120) place`,
    [tenantId, addresses],
  );
  const table = page.getByRole("table", { name: "Suppressions" });
  const pager = page.getByRole("navigation", { name: "Pages" });
  const shows = async (from: number, to: number) => {
    const shown = async () => (await table.getByRole("row").allInnerTexts()).slice(1);
    const shownAddresses = async () => (await shown()).map((row) => /\S+@\S+/.exec(row)?.[0]);
    await expect.poll(shownAddresses).toEqual(addresses.slice(from, to));
  };
  await own.open("/suppressions");
  await page.getByRole("searchbox", { name: "Part of the address" }).fill("@many");
  await page.keyboard.press("Enter");
  await shows(0, 50);
  await expect(page).toHaveURL(/[?&]search=@many/);
  // What comes in front meanwhile moves nothing.
  await own.call("POST", "/admin/suppressions", { address: "newest@many.example" });
  await pager.getByRole("button", { name: "Older" }).click();
  await shows(50, 100);
  await page.reload();
  await shows(50, 100);
  await untilAlive(page);
  await pager.getByRole("button", { name: "Older" }).click();
  await shows(100, 120);
  await expect(pager.getByRole("button", { name: "Older" })).toBeDisabled();
  await expect(pager.getByRole("button", { name: "Older" }), "one is where one was").toBeFocused();
  await page.goBack();
  await shows(50, 100);
  await pager.getByRole("button", { name: "Newest" }).click();
  await expect(table.getByRole("row").nth(1)).toContainText("newest@many.example");
  await expect(page).toHaveURL(/[?&]search=@many$/);
});

test("a toast lies over no button of a dialog, on a small screen either", async () => {
  const { page } = own;
  await page.setViewportSize({ width: 360, height: 350 });
  await own.open("/suppressions?create=true");
  const dialog = page.getByRole("dialog", { name: "Send an address no mail" });
  await dialog.getByLabel("Address").fill("toast@mails.example");
  await dialog.getByRole("button", { name: "Add" }).click();
  const toast = page.getByRole("dialog", { name: "toast@mails.example gets no mail any more" });
  await expect(dialog).toHaveCount(0);
  await toast.hover(); // which holds it
  const overPage = await toast.evaluate(isOnTop);
  await page.keyboard.press("c");
  await expect(dialog).toBeVisible();
  const button = dialog.getByRole("button", { name: "Add" });
  const met = await toast.evaluate((shown, edge) => shown.getBoundingClientRect().top < edge, await bottomOf(button));
  expect([overPage, met, await button.evaluate(isOnTop)]).toEqual([true, true, true]);
  await expectNoFault(page);
  await page.setViewportSize({ width: 1280, height: 720 });
});

/** Whether the middle of something is what a click would meet. */
function isOnTop(element: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}

async function bottomOf(element: Locator): Promise<number> {
  const box = await element.boundingBox();
  return box ? box.y + box.height : 0;
}

test("a category is changed, which decides about the next mail, and taken away; a test of what is written is mailed", async () => {
  const { page } = own;
  await own.call("PUT", "/admin/categories/Delay", { title: "Delays", channels: ["inApp", "email"] });
  await own.call("PUT", "/Users/eve", { email: "eve@mails.example" });
  /** What becomes of a delay's mail to her, who does not want any, and how urgent it is. */
  const decide = async () => {
    const content = { userId: "eve", type: "Delay", subject: "s", message: "m" };
    const { id, priority } = (await own.call<{ id: string; priority: string }>("POST", "/Notifications", content)).body;
    const of = async () => {
      const path = `/Notifications/${id}/deliveries`;
      const { body } = await own.call<{ data: { channel: string; status: string }[] }>("GET", path);
      return body.data.find(({ channel, status }) => channel === "email" && status !== "queued")?.status;
    };
    await expect.poll(of).toBeDefined();
    return [await of(), priority];
  };
  await own.call("PUT", "/preferences", { categories: [{ type: "Delay", email: "off" }] }, "eve");
  expect(await decide()).toEqual(["preference", "Normal"]);
  await own.open("/categories?open=Delay");
  const dialog = page.getByRole("dialog", { name: "Delays", exact: true }); // a toast is one, too
  await dialog.getByLabel("People may change that, and be left in peace").uncheck();
  await dialog.getByLabel("Priority").selectOption("High");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await decide()).toEqual(["caught", "High"]);
  await page.getByRole("button", { name: "Delays" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(dialog).toHaveCount(0);
  expect((await decide())[1]).toBe("Normal");

  await own.open("/notifications/new");
  await page.getByLabel("User's id").fill("eve");
  await page.getByLabel("Subject", { exact: true }).fill("Only a trial");
  await page.getByLabel("Message", { exact: true }).fill("m");
  await page.getByLabel("Send a test mail to").fill("trial@mails.example");
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(page.getByText("caught", { exact: true })).toBeVisible();
  expect((await caught("trial@mails.example")).map(({ subject }) => subject)).toEqual([
    expect.stringContaining("Only a trial"),
  ]);
  expect(await inbox("eve")).not.toContain("Only a trial");
});

test("of what was deleted its page still says why it arrived; a send that was cancelled says that it reached nobody", async () => {
  const { page } = own;
  const subject = unheard("Gone by now");
  await own.call("PUT", "/Users/ida", { displayName: "Ida" });
  const id = await send({ userId: "ida", subject, message: "m", email: "ida@mails.example" });
  await expect.poll(() => caught("ida@mails.example")).toHaveLength(1);
  expect((await own.call("DELETE", `/admin/notifications/${id}`)).status).toBe(200);
  await own.open("/users/ida?tab=inbox");
  await expect(page.getByText("Nothing is in the inbox")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "this person's mail deliveries" }).click();
  await page.getByRole("link", { name: subject }).click();
  await expect(page.getByText("It is deleted or over.")).toBeVisible();
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();
  await expect(steps().filter({ hasText: "Mail to ida@mails.example" })).toContainText("caught");
  await expectAccessible(page);

  const later = { userIds: ["ida"], subject, message: "m", scheduledFor: "2999-01-01T09:00:00Z" };
  const { body } = await own.call<{ id: string }>("POST", "/Notifications/bulk", later);
  expect((await own.call("DELETE", `/Notifications/batches/${body.id}`)).status).toBe(200);
  await own.open(`/notifications/batches/${body.id}`);
  await expect(page.getByText("Nobody was reached: it was cancelled.")).toHaveCount(2);
  await expectAccessible(page);
});
