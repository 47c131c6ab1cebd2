import { expect, holdNext, test, unheard } from "./journey.ts";
import { callAs, callWithKey, makeGroup, openHosted, partsOf, productUrl, readDemo } from "./people.ts";

// What a page could not do at first, or could do wrong: it comes right by itself, and no word is lost.

test("a link to a chat beyond the newest opens it, and one to a chat of others says so", async ({ page }) => {
  const { tenantId, apiKey } = readDemo().second;
  const [userId = "", other = ""] = ["linked", "other"].map((name) => unheard(name).replaceAll(" ", "-"));
  const make = async (owner: string, name: string) => {
    const { token } = await callWithKey<{ token: string }>("POST", "/tokens", { userId: owner }, tenantId, apiKey);
    const answer = await fetch(`${productUrl()}/tenant/${tenantId}/v1/Chat`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name, memberUserIds: [owner] }),
    });
    expect(answer.status).toBe(201);
    return { token, id: ((await answer.json()) as { id: string }).id };
  };
  const { token, id } = await make(userId, "Beneath all");
  await Promise.all(Array.from({ length: 50 }, (_, at) => make(userId, `Above ${at}`)));
  // One that does not come leaves a way back, also on a phone, where the list is not beside it.
  const phone = await page.context().newPage();
  await phone.setViewportSize({ width: 390, height: 780 });
  await phone.route(new RegExp(`/Chat/${id}$`, "u"), (route) => route.abort());
  await phone.goto(`/chat/${tenantId}?chat=${id}#token=${token}`);
  await expect(phone.getByRole("button", { name: "Try again" })).toBeVisible();
  await phone.getByRole("button", { name: "Back to the chats" }).click();
  await expect(phone.getByRole("navigation", { name: "Chats" }).getByRole("button").first()).toBeVisible();

  await page.goto(`/chat/${tenantId}?chat=${id}#token=${token}`);
  await expect(page.getByRole("heading", { level: 1, name: "Beneath all" })).toBeVisible();
  await partsOf(page).say("Written below");
  await expect(partsOf(page).messages.getByText("Written below")).toBeVisible();

  const foreign = await make(other, "Of others");
  const stranger = await page.context().newPage(); // is refused, which its console notes
  await stranger.goto(`/chat/${tenantId}?chat=${foreign.id}#token=${token}`);
  await expect(stranger.getByText("This chat is not yours to see")).toBeVisible();
});

test("what could not be loaded without a line is loaded when it is back", async ({ browser }) => {
  const name = unheard("Unloaded");
  const [{ id }, other] = [await makeGroup(unheard("Loaded"), "ben", "gita"), await makeGroup(name, "ben", "gita")];
  await callAs("gita", "POST", `/Chat/${other.id}/messages`, { content: "Here again" });
  const { page, messages } = await openHosted(browser, "ben", id);
  await page.context().setOffline(true);
  await page
    .getByRole("navigation", { name: "Chats" })
    .getByRole("button", { name: new RegExp(name, "u") })
    .click();
  await expect(page.locator("main").getByText(/^The service did not answer/u)).toBeVisible();
  await page.context().setOffline(false);
  await expect(messages.getByText("Here again")).toBeVisible();
  await expect(page.locator("main").getByText(/^The service did not answer/u)).toHaveCount(0);

  await page.goto("/inbox/demo?as=ben");
  await expect(page.getByRole("heading", { level: 1, name: /^Inbox/u })).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading notifications" })).toHaveCount(0);
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Archive", exact: true }).first().click();
  await expect(page.locator("main").getByText(/^The service did not answer/u)).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.locator("main").getByText(/^The service did not answer/u)).toHaveCount(0);
  await expect(page.getByText("The archive is empty").or(page.getByRole("article").first())).toBeVisible();
  await page.context().close();

  // On the way to an old message as well, and from there on.
  const { data } = await callAs<{ data: { id: string; lastSeq: number }[] }>("ada", "GET", "/Chat?pageSize=50");
  const long = data.find(({ lastSeq }) => lastSeq >= 5_000);
  const ada = await openHosted(browser, "ada", "");
  let isCut = true;
  await ada.page.route(/\/messages\?.*(before=101&|after=)/u, (route) => (isCut ? route.abort() : route.continue()));
  await ada.page.goto(`/chat/demo?as=ada&chat=${long?.id}&seq=1`);
  // As the line comes it is tried again by itself.
  await expect(ada.page.getByLabel("Connection: Live")).toBeVisible();
  await expect(ada.page.getByText("The message could not be loaded.").first()).toBeVisible();
  isCut = false;
  await ada.page.locator("main").getByRole("button", { name: "Try again" }).click();
  await expect(ada.messages.getByText("Start of the conversation")).toBeVisible();
  isCut = true;
  await ada.messages.locator('[data-seq="1"]').hover();
  const later = ada.messages.getByText("Later messages could not be loaded.");
  await expect(async () => {
    await ada.page.mouse.wheel(0, 1_000);
    await expect(later).toBeInViewport({ timeout: 100 });
  }).toPass();
  isCut = false;
  await ada.messages.getByRole("button", { name: "Try again" }).click();
  await expect(later).toHaveCount(0);
  await ada.page.context().close();
});

test("a correction that is not taken is found again: the message deleted, the chat frozen or left meanwhile", async ({
  browser,
}) => {
  const [name, other] = [unheard("Gone"), unheard("Meanwhile")];
  const { id } = await makeGroup(name, "ben", "ada");
  await makeGroup(other, "ben", "ada");
  const { id: messageId } = await callAs<{ id: string }>("ada", "POST", `/Chat/${id}/messages`, { content: "A first" });
  const { page, messages, box } = await openHosted(browser, "ada", id);
  await expect(messages.getByText("A first")).toBeVisible();
  await box.fill("Begun");
  await box.fill("");
  await box.press("ArrowUp");
  await box.fill("A long correction");
  await callAs("ada", "DELETE", `/Chat/${id}/messages/${messageId}`);
  await expect(messages.getByText("Message deleted")).toBeVisible();
  await box.press("Enter");
  await expect(page.getByText("The message is deleted. What you wrote is in the box.")).toBeVisible();
  await expect(box).toHaveValue("A long correction");
  await box.press("Enter");
  await expect(messages.getByText("A long correction")).toBeVisible();
  await expect(messages.getByText("Sending…")).toHaveCount(0);

  const correct = async (text: string, meanwhile: () => Promise<unknown>) => {
    const answer = await holdNext(page, /\/messages\/[^/]+$/u);
    await box.press("ArrowUp");
    await box.fill(text);
    await box.press("Enter");
    await expect(messages.getByText(text)).toBeVisible();
    await meanwhile();
    await answer();
  };
  const open = async (chat: string) => {
    await page
      .getByRole("navigation", { name: "Chats" })
      .getByRole("button", { name: new RegExp(chat, "u") })
      .click();
    await expect(page.getByRole("heading", { level: 1, name: chat })).toBeVisible();
  };
  const freeze = (frozen: boolean) => callAs("ben", "PATCH", `/Chat/${id}`, { frozen });
  const notChanged = page.getByText(/^Not changed: /u);
  await correct("Into a frozen chat", async () => {
    await freeze(true);
    await expect(page.getByText("This chat is frozen")).toBeVisible();
  });
  await expect(notChanged).toBeVisible();
  await freeze(false);
  await box.press("ArrowUp");
  await expect(box).toHaveValue("Into a frozen chat");
  await correct("Into one that is left", async () => {
    await freeze(true);
    await open(other);
    await expect(notChanged).toHaveCount(0);
  });
  await expect(notChanged.first(), "by a toast").toBeVisible();
  await freeze(false);
  await open(name);
  await expect(box).toHaveValue("");
  await box.press("ArrowUp");
  await expect(box).toHaveValue("Into one that is left");
  await correct("Into one that is gone", async () => {
    await open(other);
    const { data } = await callAs<{ data: { id: string }[] }>("ada", "GET", `/Chat/${id}/messages?limit=1`);
    await callAs("ada", "DELETE", `/Chat/${id}/messages/${data[0]?.id}`);
  });
  await expect(page.getByText("What you wrote is in the box of its chat.").first()).toBeVisible();
  await open(name);
  await expect(box).toHaveValue("Into one that is gone");
  await page.context().close();
});

test("keys of the page rest behind an open dialog", async ({ browser }) => {
  const others = ["ben", "carla", "duarte"];
  const { id } = await makeGroup(unheard("Behind"), "ada", ...others);
  const { page, messages, say } = await openHosted(browser, "ada", id);
  await say("A message to go to");
  await expect(messages.getByText("Sending…")).toHaveCount(0);
  for (const one of others) await callAs(one, "PUT", `/Chat/${id}/read`, { seq: 1 });
  await messages.getByRole("button", { name: "Seen by 3 people" }).click();
  await expect(page.getByRole("dialog", { name: "Seen by" }).getByRole("listitem")).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByRole("button", { name: "New chat" }).first().click();
  const name = page.getByRole("dialog").getByRole("textbox", { name: "Name" });
  for (const key of ["Control+f", "Control+k", "F6", "Control+/", "Alt+ArrowDown"]) {
    await name.click();
    await page.keyboard.press(key);
    await expect(name, key).toBeFocused();
  }
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await expect(page.getByRole("searchbox", { name: /Search/u })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(page.getByLabel("Find a chat")).toBeFocused();
  await page.context().close();
});

test("a chat that could not be muted says so, and stays as it was", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Loud"), "ada", "ben");
  const { page } = await openHosted(browser, "ada", id);
  await page.getByRole("button", { name: "Chat notifications: all messages" }).click();
  await expect(page.getByRole("menuitemradio", { name: "All messages" })).toBeChecked();
  await page.context().setOffline(true);
  await page.getByRole("menuitemradio", { name: "Nothing" }).click();
  await expect(page.getByText(/^Notifications not changed: /u).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Chat notifications: all messages" })).toBeVisible();
  await page.context().close();
});

test("people with long names to be fit a narrow page", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 780 });
  await page.route(/\/demo(\?|$)/u, async (route) => {
    if (route.request().resourceType() === "document") return await route.continue();
    const answer = await route.fetch();
    const body = (await answer.json()) as { users: { displayName: string }[] };
    for (const user of body.users) user.displayName = `Odd ${"W".repeat(150)}`;
    await route.fulfill({ response: answer, json: body });
  });
  await page.goto("/chat/demo");
  await expect(page.getByRole("button", { name: /^Odd W/u }).first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
