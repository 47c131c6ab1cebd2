import { expect, test } from "./journey.ts";
import { callInPage, makeOwnTenant, type OwnTenant, openAs, takeSession, untilAlive } from "./own-tenant.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "sessions");
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

test("the inspector's log goes on where it was after its session changed, with what came meanwhile, each once", async ({
  browser,
}) => {
  const otto = await openAs(browser, own, "support");
  const { body: chat } = await own.call<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] }, "ada");
  const say = (content: string) => own.call("POST", `/Chat/${chat.id}/messages`, { content }, "ada");
  const row = (text: string) => otto.getByRole("table", { name: "Log of events" }).getByRole("row", { name: text });
  const listening = otto.getByRole("status").getByText("Listening", { exact: true });
  await otto.goto(`/t/${own.tenantId}/inspector?view=events&kind=message`);
  await expect(listening).toBeVisible();
  await say("Before it");
  await expect(row("Before it")).toBeVisible();

  // What is asked tells that there is a session after all, so nothing is answered for as long as this looks.
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await otto.route(/\/api\/trpc\//u, (route) => held.then(() => route.continue()));
  const [found] = await own.sql<{ person_id: string }>(
    "select person_id from operators where tenant_id = $1 and role = 'support'",
    [own.tenantId],
  );
  await callInPage(own.page, own.tenantId, "operators.update", { personId: found?.person_id, role: "admin" });
  await expect(otto.getByRole("alert").getByText("You are signed out.")).toBeVisible();
  await expect(listening).toHaveCount(0);
  await say("Meanwhile");
  answer();
  await expect(row("Meanwhile")).toBeVisible();
  await expect(listening).toBeVisible();
  await expect(otto.getByText("You are signed out.")).toHaveCount(0);
  await say("After it");
  await expect(row("After it")).toBeVisible();
  for (const text of ["Before it", "Meanwhile"]) await expect(row(text)).toHaveCount(1);
  await otto.context().close();
});

test("a page whose browser was signed in as somebody else, in another tab, begins anew as theirs", async ({
  browser,
}) => {
  const page = await openAs(browser, own, "read-only");
  const menuOf = async (email: string) => {
    await page.getByRole("button", { name: "Account" }).click();
    await expect(page.getByRole("menu").getByText(email, { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");
  };
  await page.goto(`/t/${own.tenantId}/topics`);
  await untilAlive(page);
  await menuOf(`read-only-${own.tenantId}@owners.example`);
  await takeSession(page.context(), `${own.tenantId}@owners.example`);
  // A browser without windows has no tab that is in front.
  const comeBack = () => page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
  const reloaded = page.waitForEvent("load");
  await comeBack();
  await reloaded;
  await untilAlive(page);
  await menuOf(`${own.tenantId}@owners.example`);

  const stranger = await makeOwnTenant(browser, "strangers");
  await takeSession(page.context(), `${stranger.tenantId}@owners.example`);
  // From a window beside this one, which was seen all the time.
  await page.evaluate(() => void window.dispatchEvent(new Event("focus")));
  await expect(page.getByRole("heading", { name: "Not one of your tenants" })).toBeVisible();
  await stranger.close();
  await page.context().close();
});

test("a role that is changed while a page is open is the page's once something was refused for it, or somebody comes back", async ({
  browser,
}) => {
  const page = await openAs(browser, own, "admin");
  const [found] = await own.sql<{ person_id: string }>(
    "select person_id from operators join persons on persons.id = person_id where operators.tenant_id = $1 and email like 'admin-%'",
    [own.tenantId],
  );
  const give = (role: string) =>
    callInPage(own.page, own.tenantId, "operators.update", { personId: found?.person_id, role });
  await page.goto(`/t/${own.tenantId}/topics`);
  await untilAlive(page);
  // No event tells of it then.
  await page.getByRole("button", { name: /Pause \(p\)/u }).click();
  const create = page.getByRole("button", { name: "Create a topic" });
  await create.first().click();
  await give("read-only");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Refused");
  await dialog.getByLabel("Id", { exact: true }).fill("refused");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByText("Your role here is read-only now")).toBeVisible();
  await expect(create).toHaveCount(0);
  await expect(page.getByText(`${own.tenantId} · read-only`)).toBeVisible();

  await give("admin");
  await page.evaluate(() => void window.dispatchEvent(new Event("focus")));
  // The address asks for it still.
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(create.first()).toBeVisible();
  await expect(page.getByText(`${own.tenantId} · admin`)).toBeVisible();
  await page.context().close();
});
