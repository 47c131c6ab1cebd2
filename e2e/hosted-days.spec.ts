import { expect, test, unheard } from "./journey.ts";
import { callAs, callWithKey, makeGroup, partsOf, productUrl } from "./people.ts";

test.use({ timezoneId: "UTC" });

test("a chat that stays open over night says Yesterday in the morning, and the hour of where one travels", async ({
  browser,
}) => {
  // Not of the test's own: that could not be changed any more.
  const context = await browser.newContext({ baseURL: productUrl(), timezoneId: undefined });
  const page = await context.newPage();
  const system = await context.newCDPSession(page);
  await system.send("Emulation.setTimezoneOverride", { timezoneId: "UTC" });
  const name = unheard("Night watch");
  const { id } = await makeGroup(name, "ada", "ben");
  const { createdAt } = await callAs<{ createdAt: string }>("ben", "POST", `/Chat/${id}/messages`, { content: "Ahoy" });
  const midnight = Date.parse(`${createdAt.slice(0, 10)}T23:59:59Z`) + 1_000;
  await page.clock.install({ time: midnight - 600_000 });
  await page.goto(`/chat/demo?as=ada&chat=${id}`);
  const { messages } = partsOf(page);
  await expect(messages.getByText("Today", { exact: true })).toBeVisible();
  const time = page.getByRole("button", { name: new RegExp(name) }).locator("time");
  await expect(time).toHaveText(/:/);
  await expect(page.getByLabel("Connection: Live").first()).toBeAttached();
  // One jump, as of a computer that slept: the line may be taken for silent, and comes back in true time.
  await page.clock.fastForward(660_000);
  await expect(messages.getByText("Yesterday", { exact: true })).toBeVisible();
  await expect(time).not.toHaveText(/:/);
  const article = messages.getByRole("article").filter({ hasText: "Ahoy" });
  const hourIn = async (timeZone: string) => {
    const there = new Date(createdAt).toLocaleTimeString("en-US", { timeZone, timeStyle: "short" });
    await expect(article).toHaveAccessibleName(`Ben Carter, ${there}`);
  };
  await hourIn("UTC");
  await system.send("Emulation.setTimezoneOverride", { timezoneId: "Asia/Tokyo" });
  await page.clock.fastForward(20_000);
  await hourIn("Asia/Tokyo");
  await context.close();
});

test("an inbox over which midnight goes keeps the focus and what is open in it", async ({ page }) => {
  const subject = unheard("Night shift");
  const wanted = { userId: "ben", subject, message: "x" };
  const { createdAt } = await callWithKey<{ createdAt: string }>("POST", "/Notifications", wanted);
  const midnight = Date.parse(`${createdAt.slice(0, 10)}T23:59:59Z`) + 1_000;
  await page.clock.install({ time: midnight - 600_000 });
  await page.goto("/inbox/demo?as=ben");
  const row = (day: string) => page.getByRole("region", { name: day }).getByRole("article", { name: subject });
  await row("Today")
    .getByRole("button", { name: /^Snooze/u })
    .press("Enter");
  const choice = page.getByRole("menuitem").first();
  await expect(choice).toBeFocused();
  await page.clock.fastForward(660_000);
  await expect(page.getByRole("heading", { name: "Yesterday" })).toBeVisible();
  await expect(choice).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(row("Yesterday").getByRole("button", { name: /^Snooze/u })).toBeFocused();
});
