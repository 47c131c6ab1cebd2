import { expect, test } from "./journey.ts";

test("with forced colours one sees what is chosen, where one is in a list and whether a switch is on", async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/inbox/demo?as=leila");
  const tab = (name: string) => page.getByRole("button", { name, exact: true });
  await expect(tab("All")).toHaveCSS("outline-style", "solid");
  await expect(tab("Archive")).toHaveCSS("outline-style", "none");

  const types = page.getByRole("combobox").first();
  await types.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[role=option][data-highlighted]")).toHaveCSS("outline-style", "solid");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Preferences" }).click();
  const quiet = page.getByRole("switch", { name: "Quiet hours" });
  await expect(quiet).toBeVisible();
  const fill = (element: Element) => getComputedStyle(element).backgroundColor;
  expect(await quiet.locator("span").first().evaluate(fill)).not.toBe(await quiet.evaluate(fill));
});
