import { expect, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted } from "./people.ts";

const say = (userId: string, id: string, content: string) =>
  callAs(userId, "POST", `/Chat/${id}/messages`, { content });

test("what comes in while the list is open moves nobody in it", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Still"), "ada", "ben", "hana");
  await say("hana", id, "Hello");
  const { page, box, messages } = await openHosted(browser, "ada", id);
  const options = page.getByRole("listbox").getByRole("option");
  await expect(messages.getByText("Hello")).toBeVisible();
  await box.pressSequentially("@");
  await expect(options).toHaveText([/Hana/u, /Ben/u]);
  await say("ben", id, "Meanwhile");
  await expect(messages.getByText("Meanwhile")).toBeVisible();
  await expect(options).toHaveText([/Hana/u, /Ben/u]);
  await box.press("Enter");
  await expect(box).toHaveValue(/^@Hana/u);
  await page.context().close();
});
