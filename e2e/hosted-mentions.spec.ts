import { expectAccessible, expectNoFault } from "./accessible.ts";
import { expect, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted, readDemo } from "./people.ts";

const nameOf = (userId: string) => readDemo().users.find((user) => user.userId === userId)?.displayName ?? "";

test("an @ finds members by keyboard, and whom it names is mentioned, also after a correction", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Mentions"), "ada", "ben", "hana");
  const [ada, ben] = [await openHosted(browser, "ada", id), await openHosted(browser, "ben", id)];
  const { page, box } = ada;
  const list = page.getByRole("listbox", { name: "Members to mention" });
  const options = list.getByRole("option");
  const active = list.getByRole("option", { selected: true });
  await box.pressSequentially("ask @");
  await expect(options).toHaveCount(2);
  await expect(box).toHaveAttribute("aria-activedescendant", (await active.getAttribute("id")) ?? "");
  await expectNoFault(page);
  const first = (await active.textContent()) ?? "";
  await box.press("ArrowDown");
  await expect(active).not.toHaveText(first);
  await box.press("Escape");
  await expect(options).toHaveCount(0);
  await expect(box).toHaveValue("ask @");
  await box.press("Backspace");
  await box.pressSequentially(`@${nameOf("ben").slice(0, 3).toLowerCase()}`);
  await expect(active).toContainText(nameOf("ben"));
  await box.press("Enter");
  await expect(box).toHaveValue(`ask @${nameOf("ben")} `);
  await expect(box).toBeFocused();
  await box.pressSequentially("about it");
  await box.press("Enter");
  const row = ben.messages.getByRole("article", { name: /mentions you$/u });
  await expect(row).toContainText("Mentions you");
  await expect(row.getByText(`@${nameOf("ben")}`, { exact: true })).toHaveCSS("font-weight", "600");
  await expect(ada.messages.getByText(`@${nameOf("ben")}`, { exact: true })).toHaveCSS("font-weight", "600");
  await expect(ada.messages.getByRole("article", { name: /mentions you$/u })).toHaveCount(0);
  await expectAccessible(ben.page);

  // Another one instead.
  await box.press("ArrowUp");
  await expect(box).toHaveValue(`ask @${nameOf("ben")} about it`);
  await box.fill("ask ");
  await box.pressSequentially(`@${nameOf("hana").slice(0, 3)}`);
  await box.press("Tab");
  await expect(box).toHaveValue(`ask @${nameOf("hana")} `);
  await box.press("Enter");
  await expect(row).toHaveCount(0);
  const { data } = await callAs<{ data: { mentionUserIds?: string[] }[] }>("ben", "GET", `/Chat/${id}/messages`);
  expect(data[0]?.mentionUserIds).toEqual(["hana"]);
  for (const { page, noise } of [ada, ben]) {
    expect(noise).toEqual([]);
    await page.context().close();
  }
});

test("on a phone a member is picked with a finger, and a name that is taken out again is not mentioned", async ({
  browser,
}) => {
  const { id } = await makeGroup(unheard("Phone"), "ada", "ben", "hana");
  const size = { viewport: { width: 360, height: 640 }, hasTouch: true };
  const { page, box, texts } = await openHosted(browser, "ada", id, size);
  const pickBen = async () => {
    await box.pressSequentially("@");
    await page
      .getByRole("listbox")
      .getByRole("option", { name: nameOf("ben") })
      .tap();
    await expect(box).toHaveValue(`@${nameOf("ben")} `);
    await expect(box).toBeFocused();
  };
  await pickBen();
  await box.fill("nobody");
  await page.getByRole("button", { name: "Send" }).tap();
  await expect.poll(async () => (await texts()).length).toBe(1);
  await pickBen();
  await page.getByRole("button", { name: "Send" }).tap();
  await expect.poll(async () => (await texts()).length).toBe(2);
  const sent = async () => {
    type Answer = { data: { content: string; mentionUserIds?: string[] }[] };
    const { data } = await callAs<Answer>("ben", "GET", `/Chat/${id}/messages`);
    return data.map(({ content, mentionUserIds = [] }) => [content, ...mentionUserIds]);
  };
  await expect.poll(sent).toEqual([[`@${nameOf("ben")}`, "ben"], ["nobody"]]);
  await page.context().close();
});

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
