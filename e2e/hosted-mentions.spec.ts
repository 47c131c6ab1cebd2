import { expectNoFault } from "./accessible.ts";
import { expect, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted } from "./people.ts";

test("a chat of which only mentions are told stays so, and says which is chosen", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Quiet"), "ben", "ada");
  await callAs("ada", "PUT", `/Chat/${id}/notifications`, { mute: "except-mentions" });
  const { page, noise } = await openHosted(browser, "ada", id);
  const bell = (chosen: string) => page.getByRole("button", { name: `Chat notifications: ${chosen}` });
  await bell("mentions only").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Mentions only" })).toBeChecked();
  await expectNoFault(page);
  await page.keyboard.press("Escape");
  await expect(bell("mentions only")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(bell("nothing")).toBeVisible();
  // Chosen elsewhere, for a while.
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await callAs("ada", "PUT", `/Chat/${id}/notifications`, { mute: "all", until });
  await expect(page.getByRole("button", { name: /^Chat notifications: nothing until /u })).toBeVisible();
  await callAs("ada", "PUT", `/Chat/${id}/notifications`, { mute: "none" });
  await expect(bell("all messages")).toBeVisible();
  expect(noise).toEqual([]);
  await page.context().close();
});
