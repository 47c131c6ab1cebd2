import { expectAccessible } from "./accessible.ts";
import { expect, intercept, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted } from "./people.ts";

const crowd = Array.from({ length: 240 }, (_, at) => `a-${String(at).padStart(3, "0")}`);

test("of a large group all are found and taken out; who is muted is told so; who has left keeps their name", async ({
  browser,
}) => {
  const name = unheard("Crowd");
  const { id } = await makeGroup(name, "carla", "ivo", ...crowd);
  const ivo = await openHosted(browser, "ivo", id);
  await ivo.say("Said by Ivo");
  await expect(ivo.messages.getByText("Sending…")).toHaveCount(0);
  const mute = (mutedUntil: string) => callAs("carla", "PATCH", `/Chat/${id}/members/ivo`, { mutedUntil });
  await mute("2990-01-01T00:00:00Z");
  await expect(ivo.page.getByText(/^You are muted here until /u)).toBeVisible();
  await ivo.page.reload();
  await expect(ivo.page.getByText(/^You are muted here until /u)).toBeVisible();
  await expect(ivo.box).toHaveCount(0);
  await mute("2020-01-01T00:00:00Z");
  await expect(ivo.box).toBeVisible();

  const { page, messages, noise } = await openHosted(browser, "carla", id);
  await page.getByRole("button", { name: "Members" }).click();
  const panel = page.getByRole("dialog", { name: `Members of ${name}` });
  await expect(panel.getByRole("listitem")).toHaveCount(200);
  await expect(panel.getByText("The first 200 of 242.")).toBeVisible();
  await expect(panel.getByText("Ivo Santos")).toHaveCount(0);
  await intercept(page, /members\?.*after=/u, (route) => route.fulfill({ status: 503, json: {} }), { times: 3 });
  await panel.getByRole("button", { name: "Show more" }).click();
  await panel.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await expect(panel.getByText("All 242 are shown.")).toBeFocused();
  await expect(panel.getByRole("listitem")).toHaveCount(242);
  await expect(panel.getByRole("button", { name: "Show more" })).toHaveCount(0);
  await panel.getByRole("button", { name: "Remove Ivo Santos" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(panel.getByRole("listitem")).toHaveCount(241);
  await expect(panel.getByText("Ivo Santos")).toHaveCount(0);

  await page.reload();
  await expect(messages.getByRole("article").filter({ hasText: "Said by Ivo" })).toContainText("Ivo Santos");
  expect(noise.filter((line) => !/503/u.test(line))).toEqual([]);
  await page.goto("/chat/demo?as=carla");
  await expect(page.getByText("Carla Nunes").first()).toBeVisible();
  for (const one of [ivo.page, page]) await one.context().close();
});

test("who may renames a group beside its members, and the others see it at once", async ({ browser }) => {
  const [before, after] = [unheard("Before"), unheard("After")];
  const { id } = await makeGroup(before, "ben", "carla");
  const carla = await openHosted(browser, "carla", id);
  const { page, noise } = await openHosted(browser, "ben", id, { viewport: { width: 360, height: 740 } });
  await page.getByRole("button", { name: "Members" }).click();
  const panel = page.getByRole("dialog", { name: `Members of ${before}` });
  const rename = page.getByRole("dialog").getByRole("button", { name: "Rename chat" });
  const box = page.getByRole("textbox", { name: "Name" });
  await rename.click();
  await expect(box).toBeFocused();
  await expectAccessible(page);
  await box.fill("Given up");
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
  await expect(panel).toBeVisible();
  await expect(rename).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(box).toHaveValue(before);
  await page.keyboard.type(after);
  await intercept(page, new RegExp(`Chat/${id}$`, "u"), (route) => route.abort(), { times: 1 });
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Not renamed: The service did not answer/u)).toBeVisible();
  await expect(box).toHaveValue(after);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog", { name: `Members of ${after}` })).toBeVisible();
  await expect(rename).toBeFocused();
  await expect(carla.page.getByRole("heading", { level: 1, name: after })).toBeVisible();

  // In a moderated chat its members do not.
  await carla.page.getByRole("button", { name: "Members" }).click();
  const hers = carla.page.getByRole("dialog").getByRole("button", { name: "Rename chat" });
  await expect(hers).toBeVisible();
  await callAs("ben", "PATCH", `/Chat/${id}`, { policy: "moderated" });
  await expect(hers).toHaveCount(0);
  await expect(rename).toBeVisible();
  expect(noise.filter((line) => !/ERR_FAILED/u.test(line))).toEqual([]);
  for (const one of [carla.page, page]) await one.context().close();
});

test("members that did not come with their chat are asked for when one looks for them, and it says so where that fails", async ({
  browser,
}) => {
  const name = unheard("Memberless");
  const [{ id }, other] = [await makeGroup(name, "ben", "carla"), await makeGroup(unheard("Before it"), "ben")];
  await callAs("carla", "POST", `/Chat/${id}/messages`, { content: "Said to nobody" });
  const { page, messages } = await openHosted(browser, "ben", other.id, { viewport: { width: 1280, height: 740 } });
  let isDown = true;
  const members = new RegExp(`/Chat/${id}/members\\?`, "u");
  await intercept(page, members, (route) => (isDown ? route.fulfill({ status: 400, json: {} }) : route.continue()));
  await page
    .getByRole("navigation", { name: "Chats" })
    .getByRole("button", { name: new RegExp(name, "u") })
    .click();
  await expect(messages.getByText("Said to nobody")).toBeVisible();
  await page.getByRole("button", { name: "Members" }).click();
  const panel = page.getByRole("dialog", { name: `Members of ${name}` });
  const again = panel.getByRole("alert").getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible();
  await expectAccessible(page);
  isDown = false;
  await again.press("Enter");
  await expect(panel.getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await page.context().close();
});
