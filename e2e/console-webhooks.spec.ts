import type { Page } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { openReceiver } from "../server/testing/webhook-receiver.ts";
import { expectAccessible, expectNoFault } from "./accessible.ts";
import { openConsole } from "./console.ts";
import { expect, intercept, pick, test, unheard } from "./journey.ts";
import { makeOwnTenant, password } from "./own-tenant.ts";
import { readDemo } from "./people.ts";

/** Gives the password where it is asked for before `next` shows. */
async function answerIfAsked(page: Page, next: ReturnType<Page["locator"]>, password: string): Promise<void> {
  const ask = page.getByRole("dialog", { name: "Is it you?" });
  await expect(ask.or(next).first()).toBeVisible();
  if (!(await ask.isVisible())) return;
  await ask.getByLabel("Password").fill(password);
  await ask.getByRole("button", { name: "Go on" }).click();
}

async function takeSecret(page: Page, password: string): Promise<string> {
  const shown = page.locator("[data-secret]");
  await answerIfAsked(page, shown, password);
  const secret = (await shown.textContent()) ?? "";
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(shown).toHaveCount(0); // the dialog fades
  return secret;
}

test("an endpoint is added, tried, rotated, gets what happens, is paused, has it replayed, and what it missed while it was disabled", async ({
  browser,
}) => {
  test.setTimeout(180_000); // a page that is asked anew every four seconds is waited for five times
  const backend = await openReceiver();
  // Of its own: an endpoint gets what everybody else of its tenant does, too.
  const own = await makeOwnTenant(browser, "hooks");
  const { page, noise } = own;
  await own.open("/webhooks");
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await page.getByRole("button", { name: "Add endpoint" }).first().click();
  await page.getByLabel("Address").fill(`${backend.url}/hook`);
  await page.getByLabel("All, also those of later versions").uncheck();
  await page.getByLabel("A message was sent").check();
  await page.getByText("What they look like").click();
  await expect(page.getByRole("region", { name: "Payload" })).toContainText('"type": "message.created"');
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const secret = await takeSecret(page, password);
  await page.getByRole("heading", { level: 1, name: /^127\.0\.0\.1/ }).waitFor();
  expect(await page.content()).not.toContain(secret);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Send sample" }).click();
  const trying = page.getByRole("dialog", { name: "Send a sample" });
  await trying.getByLabel("Event").selectOption("chat.created");
  await expect(trying.getByRole("region", { name: "Payload" })).toContainText("A sample chat");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const delivery = page.getByRole("dialog", { name: "Delivery" });
  await expect(delivery.getByText("204", { exact: true })).toBeVisible();
  await expect(delivery.getByText('"sample": true')).toBeVisible();
  const [sample] = backend.received;
  new Webhook(secret).verify(sample?.raw ?? "", sample?.headers ?? {});
  expect(sample?.body).toMatchObject({ type: "chat.created", data: { name: "A sample chat" } });
  await expectNoFault(page);
  await page.keyboard.press("Escape");
  await expect(delivery).toBeHidden();
  await page.getByRole("button", { name: "Ping", exact: true }).click();
  await expect(delivery.getByText('"type": "ping"')).toBeVisible();
  await expect.poll(() => backend.received.map(({ body }) => body.type)).toEqual(["chat.created", "ping"]);
  await page.keyboard.press("Escape");

  await pick(page.getByRole("button", { name: "More actions" }), "Rotate secret");
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  const fresh = await takeSecret(page, password);
  const { id: chatId } = (
    await own.call<{ id: string }>("POST", "/Chat", { name: "Hooks", memberUserIds: ["joana"] }, "emma")
  ).body;
  const said = unheard("Ahoy");
  const before = new Date();
  await own.call("POST", `/Chat/${chatId}/messages`, { content: said }, "emma");
  const after = new Date();
  const of = (content: string) => backend.received.filter(({ body }) => body.data.content === content);
  await expect.poll(() => of(said).length).toBe(1);
  for (const one of [secret, fresh]) new Webhook(one).verify(of(said)[0]?.raw ?? "", of(said)[0]?.headers ?? {});

  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Events wait until you resume it, for as long as they are kept.")).toBeVisible();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  const range = page.getByRole("dialog", { name: "Replay events" });
  // A busy machine may lose the press of what stood behind a dialog a moment ago.
  const openReplay = () =>
    expect(async () => {
      if (!(await range.isVisible()))
        await page.getByRole("button", { name: "Replay", exact: true }).click({ timeout: 2_000 });
      await expect(range).toBeVisible({ timeout: 2_000 });
    }).toPass();
  await openReplay();
  // Of a range that takes many calls nothing more is sent once it is called off.
  let calls = 0;
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const part = [{ result: { data: { count: 3, nextCursor: "further" } } }];
  const isSend = (body: string | null) => !body?.includes("dryRun");
  await intercept(page, /webhooks\.replay/u, async (route) => {
    if (!isSend(route.request().postData())) return route.continue();
    calls++;
    await held;
    return route.fulfill({ json: part });
  });
  await page.getByLabel("Which").selectOption("Everything");
  await expect(range.getByRole("status")).toHaveText(/events? will be sent\.$/u);
  await range.getByRole("button", { name: "Replay", exact: true }).click();
  await expect.poll(() => calls).toBe(1);
  await range.getByRole("button", { name: "Cancel" }).click();
  answer();
  await expect(page.getByText("3 events are sent, and no more")).toBeVisible();
  expect(calls).toBe(1);
  await page.unroute(/webhooks\.replay/u);
  // Whoever calls it off while it fails is told what has gone out.
  let further = 0;
  let fail = () => {};
  const stuck = new Promise<void>((resolve) => {
    fail = resolve;
  });
  await intercept(page, /webhooks\.replay/u, async (route) => {
    const asked = route.request().postData();
    // May be of one request with the count, which is asked for anew.
    if (asked?.includes('"further"')) {
      further++;
      await stuck;
      return route.abort();
    }
    return isSend(asked) ? route.fulfill({ json: part }) : route.continue();
  });
  await openReplay();
  await page.getByLabel("Which").selectOption("Everything");
  await expect(range.getByRole("status")).toHaveText(/events? will be sent\.$/u);
  await range.getByRole("button", { name: "Replay", exact: true }).click();
  await expect.poll(() => further).toBe(1);
  await range.getByRole("button", { name: "Cancel" }).click();
  await expect(range).toBeHidden();
  fail();
  await expect(page.getByText("3 events are sent; whether more are is not known")).toBeVisible();
  await page.unroute(/webhooks\.replay/u);

  await openReplay();
  await page.getByLabel("Which").selectOption("Everything");
  await page.getByLabel("From (optional)").fill(localSecond(before));
  await page.getByLabel("Until (optional)").fill(localSecond(new Date(after.getTime() + 1000)));
  // How many it will be is said before, and has sent nothing yet.
  const replay = page.getByRole("dialog", { name: "Replay events" });
  await expect(replay.getByRole("status")).toHaveText(/^[1-9]\d* events? will be sent\.$/);
  const count = Number.parseInt((await replay.getByRole("status").textContent()) ?? "", 10);
  await expectNoFault(page);
  expect(of(said)).toHaveLength(1);
  await replay.getByRole("button", { name: "Replay", exact: true }).click();
  await expect(page.getByText(count === 1 ? "1 event is sent" : `${count} events are sent`).first()).toBeVisible();
  await expect.poll(() => of(said).length).toBe(2);
  expect(new Set(of(said).map(({ id }) => id)).size).toBe(1);

  // It says that it is gone and is disabled by that; what it missed since then is offered as it is enabled.
  backend.answer("/hook", () => ({ status: 410 }));
  const lost = unheard("Overboard");
  await own.call("POST", `/Chat/${chatId}/messages`, { content: lost }, "emma");
  await expect(page.getByText("It answered 410 Gone. Events are left out.")).toBeVisible();
  backend.answer("/hook", () => ({ status: 204 }));
  await page.getByRole("button", { name: "Enable and replay" }).click();
  await expect(replay.getByLabel("From (optional)")).not.toHaveValue("");
  await replay.getByLabel("Which").selectOption("Only what failed");
  await expect(replay.getByRole("status")).toHaveText("1 event will be sent.");
  await replay.getByRole("button", { name: "Replay", exact: true }).click();
  await expect.poll(() => of(lost).length).toBe(2);
  await expect(replay).toBeHidden();

  // As often as it takes: a row that comes on top moves the one that is pressed.
  const openPage = page.getByRole("button", { name: "Open page" });
  await expect(async () => {
    if (!(await openPage.isVisible()))
      await page.getByRole("table", { name: "Deliveries" }).getByRole("button").first().click({ timeout: 2_000 });
    await expect(openPage).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await openPage.click();
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByText("It is sent again").first()).toBeVisible();
  await expectAccessible(page);
  // Asking for the password is one; a call is cut off on purpose.
  expect(noise.filter((line) => !/403|ERR_FAILED/.test(line))).toEqual([]);
  await own.close();
  await backend.close();
});

test("what a paused endpoint was to get is listed, with the reason, when its event is no longer kept", async ({
  browser,
}) => {
  const own = await makeOwnTenant(browser, "paused");
  const { page } = own;
  const { id } = (await own.call<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" })).body;
  await own.call("PATCH", `/admin/webhooks/${id}`, { state: "paused" });
  await own.call("POST", "/Notifications", { userId: "ada", subject: "s", message: "m" });
  const age = (table: string, ...columns: string[]) =>
    own.sql<{ n: number }>(
      `with old as (update ${table} set ${columns.map((column) => `${column} = now() - interval '15 days'`).join()} where tenant_id = $1 returning 1)
       select count(*)::int as n from old`,
      [own.tenantId],
    );
  await expect.poll(async () => (await age("webhook_deliveries", "created_at", "due_at"))[0]?.n).toBeGreaterThan(0);
  const left = () => own.sql("select 1 from graphile_worker.jobs where key = 'paused'");
  // An event is kept until every effect of it is planned, whatever its age.
  await expect(async () => {
    await age("events", "at");
    await own.sql("select graphile_worker.add_job('retention', job_key := 'paused', run_at := now())");
    await expect.poll(async () => (await left()).length).toBe(0);
    expect(await age("events", "at")).toEqual([{ n: 0 }]);
  }).toPass();
  await own.open(`/webhooks/${id}?status=expired`);
  const why = "The event is no longer kept, so it can be neither sent nor replayed";
  await expect(page.getByRole("table", { name: "Deliveries" }).getByText(why).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("table", { name: "Deliveries" }).getByRole("button").first().click();
  const delivery = page.getByRole("dialog", { name: "Delivery" });
  await expect(delivery.getByText(why)).toBeVisible();
  await expect(delivery.getByText("Its event is no longer kept.")).toBeVisible();
  await expect(delivery.getByRole("button", { name: "Send again" })).toHaveCount(0);
  await own.close();
});

test("the Pusher app is shown to who proves to be there, and its secret replaced", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/pusher");
  await page.getByRole("button", { name: "Show the app" }).click();
  const credentials = page.getByRole("region", { name: "Credentials" });
  await answerIfAsked(page, credentials, readDemo().admin.password);
  const secret = credentials.locator("[data-secret]");
  await credentials.getByRole("button", { name: "Show", exact: true }).click();
  await expect(secret).toHaveText(/^[0-9a-f]{20,}$/);
  const before = (await secret.textContent()) ?? "";
  await expectNoFault(page);
  await credentials.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  await expect(secret).not.toHaveText(before);
  await page.getByRole("switch", { name: "Client events" }).click();
  await expect(page.getByRole("switch", { name: "Client events" })).not.toBeChecked();
  await page.getByRole("switch", { name: "Client events" }).click();
  await expect(page.getByRole("switch", { name: "Client events" })).toBeChecked(); // other journeys chat over it
  await page.getByRole("button", { name: "Add an address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill("https://example.com/pusher");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Remove https://example.com/pusher" }).click();
  await expect(page.getByText("https://example.com/pusher")).toHaveCount(0);
  expect(noise.filter((line) => !line.includes("403"))).toEqual([]);
  await close();
});

/** As a field of type datetime-local takes it. */
function localSecond(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
