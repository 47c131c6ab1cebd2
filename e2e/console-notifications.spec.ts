import type { Locator, Route } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { expect, intercept, loseAnswer, test, unheard } from "./journey.ts";
import { makeOwnTenant, type OwnTenant, pressCreate } from "./own-tenant.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "notices");
  await own.call("PUT", "/Users/ada", { displayName: "Ada", email: "ada@notices.example", timezone: "Asia/Dubai" });
});
/** What looks into a mail's frame from here may not run there, and what is sent without its metadata, or to no chat, is refused: all are wanted. */
const wanted =
  /net::ERR_FAILED|Blocked script execution in 'about:srcdoc'|batches\.c(reate|ountRecipients)|status of (400|404|409)|^409: |^404: .*topics\.get/;
test.afterAll(async () => {
  expect(own.noise.filter((line) => !wanted.test(line))).toEqual([]);
  await own.close();
});

const steps = () => own.page.getByRole("main").getByRole("listitem");

test("a notification is composed, scheduled, changed, delivered; its mail unsubscribes, and the next one says so", async ({
  page: reader,
}) => {
  const { page } = own;
  const subject = unheard("The ferry is late");
  const planned = unheard("The ferry will be late");
  await own.open("/notifications/new");
  await page.getByLabel("User's id").fill("ada");
  await page.getByLabel("Email address (optional)").fill("ada@notices.example");
  await page.getByLabel("Type", { exact: true }).fill("Delay");
  await page.getByLabel("Subject", { exact: true }).fill(planned);
  await page.getByLabel("Message", { exact: true }).fill("By ten minutes.");
  await page.getByLabel("HTML (optional)").fill("<b>By ten minutes.</b><script>alert(1)</script>");
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByText(planned)).toBeVisible();
  for (const theme of ["light", "dark"]) {
    await preview.getByRole("tab", { name: `Mail, ${theme}` }).click();
    const mail = page.frameLocator(`iframe[title="The mail, ${theme}"]`);
    await expect(mail.getByText("By ten minutes.", { exact: true })).toBeVisible();
    await expect(mail.locator(".card").first()).toHaveCSS(
      "background-color",
      theme === "dark" ? "rgb(19, 22, 26)" : "rgb(255, 255, 255)",
    );
  }
  await preview.getByRole("tab", { name: "Text" }).click();
  await expect(preview.getByText("Sent by notices Ltd")).toBeVisible();

  await page.getByLabel("Not before (optional)").fill("2999-01-01T09:00");
  // The first answer is lost on its way: pressed again it is the same one.
  await intercept(page, /notifications\.create/u, loseAnswer, { times: 1 });
  await page.getByRole("button", { name: "Schedule" }).click();
  await expect(page.getByText("The service does not answer.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Schedule" }).click();
  await expect(page.getByRole("heading", { name: planned })).toBeVisible();
  const listed = async (by: string) => {
    const { body } = await own.call<{ data: { id: string; subject: string }[] }>("GET", "/admin/notifications");
    return body.data.filter((one) => one.subject === by);
  };
  const sent = await listed(planned);
  expect(sent).toHaveLength(1);
  await expect(steps().filter({ hasText: "Will appear" })).toContainText("2999-01-01 09:00 by the recipient's clock");

  // Somebody else finds other words, while here the time is changed alone.
  await page.getByRole("button", { name: "Change" }).click();
  const words = { subject, message: "By an hour,\r\nor more.", htmlContent: "<b>By an hour or more.</b>" };
  expect((await own.call("PATCH", `/Notifications/${sent[0]?.id}`, words)).status).toBe(200);
  // The page is behind the dialog, so hidden from whoever is read to.
  await expect(page.getByRole("heading", { name: subject, includeHidden: true })).toBeVisible();
  await page.getByRole("dialog").getByLabel("Not before (optional)").fill("2999-01-02T09:00");
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(steps().filter({ hasText: "Will appear" })).toContainText("2999-01-02 09:00");
  expect(await listed(subject)).toMatchObject([words]);

  // Its time comes.
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("dialog").getByLabel("Message", { exact: true }).fill("By twenty minutes.");
  await page.getByRole("dialog").getByLabel("Not before (optional)").fill("2020-01-01T09:00");
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(steps().filter({ hasText: "Mail to ada@notices.example" })).toContainText("caught");
  await page.getByRole("link", { name: "Open the mail" }).click();
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();
  // Rendered, in a frame that may do nothing.
  const shown = page.locator(`iframe[title="HTML of ${subject}, light"]`);
  await expect(shown).toHaveAttribute("sandbox", "");
  const mail = shown.contentFrame();
  await expect(mail.locator(".card").getByText(subject)).toBeVisible();
  // The new message took the place of the HTML that said the one before.
  await expect(mail.getByText("By twenty minutes.", { exact: true })).toBeVisible();
  await expect(mail.getByText("Sent by notices Ltd")).toBeVisible();
  await expect(mail.locator("script")).toHaveCount(0);
  await page.getByRole("tab", { name: "Text" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("/u/");
  const text = (await page.getByRole("tabpanel").textContent()) ?? "";
  await page.getByRole("tab", { name: "Headers" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("List-Unsubscribe");
  await page.getByRole("tab", { name: "Source" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("Message-ID: <");

  const link = /http\S+\/u\/\S+/.exec(text)?.[0] ?? "";
  await reader.goto(new URL(link).pathname);
  await reader.getByRole("button", { name: "Unsubscribe" }).click();
  await expect(reader.getByText("You do not get mail of this kind any more.")).toBeVisible();
  const { body } = await own.call<{ id: string }>("POST", "/Notifications", {
    ...{ userId: "ada", type: "Delay", subject: unheard("Late again"), message: "m", email: "ada@notices.example" },
  });
  await own.open(`/notifications/${body.id}`);
  await expect(steps().filter({ hasText: "Mail" })).toContainText("preference");
  // Steps come while somebody looks: what is pressed stands above them.
  const topOf = async (what: Locator) => (await what.boundingBox())?.y ?? Number.NaN;
  const act = page.getByRole("main").getByRole("button", { name: "Delete" });
  expect(await topOf(act)).toBeLessThan(await topOf(steps().first()));
});

test("a template is drafted, compared, published, sent and rolled back", async () => {
  const { page } = own;
  await own.open("/templates");
  await pressCreate(page);
  await page.getByLabel("Title").fill("A late ferry");
  await page.getByLabel("Name", { exact: true }).fill("lat");
  await intercept(page, /templates\.save/u, loseAnswer, { times: 1 });
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByText("The service does not answer.", { exact: false })).toBeVisible();
  // Changed meanwhile, it is not the same call again.
  await page.getByLabel("Name", { exact: true }).fill("late");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "A late ferry" })).toBeVisible();
  const preview = page.getByRole("region", { name: "Preview" });
  const write = async (subject: string) => {
    await page.getByLabel("Subject", { exact: true }).fill(subject);
    await page.getByRole("button", { name: "Save the draft" }).click();
  };
  await page.getByLabel("Subject", { exact: true }).fill("{{ line }} is late, {{ name }}");
  await expect(preview.getByText("Without a value: line")).toBeVisible();
  await page.getByLabel("Sample").fill('{"name":"Ada","line":"Montijo"}');
  await expect(preview.getByText("Montijo is late, Ada")).toBeVisible();
  await page.getByLabel("Subject", { exact: true }).fill("{{ line");
  await expect(page.getByText(/not closed/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Save the draft" })).toBeDisabled();
  // What is not saved yet is not published.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const save = async (route: Route) => {
    await held;
    await route.continue();
  };
  await intercept(page, /templates\.save/u, save, { times: 1 });
  await write("{{ line }} is late");
  await expect(page.getByRole("button", { name: "Publish version 1" })).toBeDisabled();
  letGo();
  await page.getByRole("button", { name: "Publish version 1" }).click();
  await expect(page.getByText("Version 1 is published")).toBeVisible();
  await write("{{ line }} is very late");
  await expect(page.getByText("Saved as a draft: version 2")).toBeVisible();
  const compared = page.getByRole("region", { name: "From version 1 to 2" });
  await expect(compared.locator("ins")).toContainText("is very late");
  await expect(compared.locator("del")).toContainText("{{ line }} is late");
  await page.getByRole("button", { name: "Publish version 2" }).click();
  const sent = async () =>
    (
      await own.call<{ subject: string }>("POST", "/Notifications", {
        ...{ userId: "ada", template: "late", variables: { line: "Montijo", name: "Ada" } },
      })
    ).body.subject;
  await expect(page.getByText("Version 2 is published")).toBeVisible();
  expect(await sent()).toBe("Montijo is very late");
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(page.getByText("caught", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Roll back" }).click();
  await expect(page.getByText("Version 1 is published again")).toBeVisible();
  expect(await sent()).toBe("Montijo is late");

  // Written from an older version, it is not saved over a draft in passing; what is typed meanwhile stays.
  await own.call("PUT", "/admin/templates/late", { subject: "Somebody's words", message: "m" });
  await own.open("/templates/late?version=1");
  await write("From the first");
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Version 3 is a draft already and says something else");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toHaveCount(0);
  const draft = async () =>
    (await own.call<{ content: { subject: string } }>("GET", "/admin/templates/late")).body.content.subject;
  expect(await draft()).toBe("Somebody's words");
  await page.getByRole("button", { name: "Save the draft" }).click();
  await expect(question).toBeVisible();
  const typeOn = async (route: Route) => {
    await page.getByLabel("Subject", { exact: true }).fill("From the first, and on");
    await route.continue();
  };
  await intercept(page, /templates\.save/u, typeOn, { times: 1 });
  await question.getByRole("button", { name: "Replace it" }).click();
  await expect(page.getByText("Saved as a draft: version 3")).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish version 3" })).toBeVisible();
  await expect(page).not.toHaveURL(/version=1/u);
  await expect(page.getByLabel("Subject", { exact: true })).toHaveValue("From the first, and on");
  expect(await draft()).toBe("From the first");

  // A look at another version, or at another page, loses nothing.
  await page.getByRole("link", { name: "Version 2", exact: true }).click();
  await expect(page.getByLabel("Subject", { exact: true })).toHaveValue("{{ line }} is very late");
  await page.getByRole("link", { name: "Templates", exact: true }).first().click();
  const row = page.getByRole("row").filter({ has: page.getByText("late", { exact: true }) });
  await row.getByRole("button", { name: "A late ferry" }).click();
  await expect(page.getByLabel("Subject", { exact: true })).toHaveValue("From the first, and on");
  await page.getByRole("button", { name: "Discard what is not saved" }).click();
  await expect(page.getByLabel("Subject", { exact: true })).toHaveValue("From the first");
});

test("a suppression is added, decides, and is lifted", async () => {
  const { page } = own;
  await own.open("/suppressions");
  await pressCreate(page);
  await page.getByLabel("Address", { exact: true }).fill("Gone@notices.example");
  await page.getByLabel("Why (optional)").fill("asked by phone");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("row", { name: /gone@notices.example/ })).toContainText("asked by phone");
  await page.goBack();
  await expect(page, "and not the dialog once more").toHaveURL(/\/suppressions$/);
  const send = () =>
    own.call<{ id: string }>("POST", "/Notifications", {
      ...{ userId: "gus", subject: "s", message: "m", email: "gone@notices.example" },
    });
  await own.open(`/notifications/${(await send()).body.id}`);
  const mail = steps().filter({ hasText: "Mail to gone@notices.example" });
  await expect(mail).toContainText("suppressed");
  await mail.getByRole("link", { name: "See the suppression" }).click();
  await page.getByRole("button", { name: "gone@notices.example works again" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "It works again" }).click();
  await expect(page.getByText("No such address is listed")).toBeVisible();
  await own.open(`/notifications/${(await send()).body.id}`);
  await expect(mail).toContainText("caught");
});

test("a topic gets subscribers and a send, whose progress is shown; a category decides about mail and metadata", async () => {
  const { page } = own;
  await own.open("/topics");
  await pressCreate(page);
  await page.getByLabel("Name", { exact: true }).fill("Montijo line");
  await page.getByLabel("Id", { exact: true }).fill("montijo");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Montijo line", exact: true })).toBeVisible();
  await page.getByLabel("Add users").fill("ada, ben\ncarla");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("3 added, 3 in all")).toBeVisible();
  await page.getByRole("button", { name: "Remove carla" }).click();
  await expect(page.getByRole("row", { name: /carla/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Montijo ferry");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Montijo ferry", exact: true })).toBeVisible();

  await own.open("/categories");
  await pressCreate(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Type", { exact: true }).fill("Pier");
  await dialog.getByLabel("Title").fill("Piers");
  await dialog.getByLabel("By mail, without the sender asking").check();
  await dialog.getByLabel("Priority").selectOption("High");
  await dialog
    .getByLabel("Schema of the metadata (optional)")
    .fill('{"type":"object","properties":{"pier":{"type":"integer"}},"required":["pier"]}');
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Piers/ })).toContainText("inbox, mail");
  await page.goBack();
  await expect(page, "and not the dialog once more").toHaveURL(/\/categories$/);

  await own.open("/notifications/new");
  await page.getByLabel("To", { exact: true }).selectOption("topic");
  await page.getByLabel("Topic", { exact: true }).selectOption("montijo");
  await page.getByLabel("Type", { exact: true }).fill("Pier");
  await page.getByLabel("Subject", { exact: true }).fill("Pier 3");
  await page.getByLabel("Message", { exact: true }).fill("We moved.");
  await expect(page.getByRole("region", { name: "Preview" }).getByText("High")).toBeVisible();
  const sendToTopic = async () => {
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const sure = page.getByRole("alertdialog", { name: "Send it to the 2 subscribers of Montijo ferry?" });
    await sure.getByRole("button", { name: "Send to 2 subscribers" }).click();
  };
  await sendToTopic();
  await expect(page.getByText(/metadata.pier/)).toBeVisible();
  await page.getByLabel("Metadata (optional)").fill('{"pier":3}');
  await sendToTopic();
  await expect(page.getByRole("heading", { level: 1, name: "Send to many" })).toBeVisible();
  await expect(page.getByText("2 of 2")).toBeVisible();
  await expect(page.getByText("no address")).toBeVisible();
  await page.getByRole("link", { name: "Each recipient's notification" }).click();
  await expect(page.getByRole("table", { name: "Notifications" }).getByRole("row")).toHaveCount(3);
  await own.open("/notifications/batches");
  await expect(page.getByRole("row", { name: /Pier 3/ })).toContainText("topic montijo");

  // Of more topics than a list takes, each can still be named.
  await own.sql(
    "insert into topics (tenant_id, id, name, created_at) select $1, 'more-' || n, 'More', now() from generate_series(1, 100) n",
    [own.tenantId],
  );
  await own.open("/notifications/new");
  await page.getByLabel("To", { exact: true }).selectOption("topic");
  await page.getByRole("textbox", { name: "Topic", exact: true }).fill("montijo");

  // To everybody it goes when that was said once more: Enter in a box sends.
  const subject = unheard("To all");
  await page.getByLabel("To", { exact: true }).selectOption("everyone");
  await page.getByLabel("Message", { exact: true }).fill("We moved.");
  await page.getByLabel("Subject", { exact: true }).fill(subject);
  await page.getByLabel("Subject", { exact: true }).press("Enter");
  const sure = page.getByRole("alertdialog", { name: /^Send it to everyone, \d+ users\?$/u });
  await sure.getByRole("button", { name: "Cancel" }).click();
  await expect(sure).toHaveCount(0);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await sure.getByRole("button", { name: /^Send to \d+ users$/u }).click();
  await expect(page.getByRole("heading", { level: 2, name: subject })).toBeVisible();
  await own.open("/notifications/batches");
  await expect(page.getByRole("row", { name: new RegExp(subject, "u") })).toHaveCount(1);
});

test("a send by each one's own clock is ready before all have it, and is cancelled for those who have not", async () => {
  const { page } = own;
  const subject = unheard("By their clocks");
  await own.call("PUT", "/Users/early", { timezone: "Pacific/Kiritimati" });
  await own.call("PUT", "/Users/late", { timezone: "Etc/GMT+12" });
  const { body } = await own.call<{ id: string }>("POST", "/Notifications/bulk", {
    ...{ userIds: ["early", "late"], type: "Delay", subject, message: "Ten minutes." },
    scheduledForLocal: new Date().toISOString().slice(0, 16),
  });
  await own.open(`/notifications/batches/${body.id}`);
  await expect(page.getByText("2 of 2 ready")).toBeVisible();
  await own.open("/notifications/batches");
  await expect(page.getByRole("row", { name: new RegExp(subject, "u") })).toContainText("2 of 2 ready");
  await own.open(`/notifications/batches/${body.id}`);
  await page.getByRole("button", { name: "Cancel it" }).click();
  const sure = page.getByRole("alertdialog", { name: "Cancel this send?" });
  await expect(sure).toContainText("Those who have got it keep it; nobody else will get it.");
  await sure.getByRole("button", { name: "Cancel the send" }).click();
  await expect(page.getByText("1 of 2", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel it" })).toHaveCount(0);
});

test("what goes to more than one is sent after their number was said, also by Enter in a box", async () => {
  const { page } = own;
  const subject = unheard("To a few");
  const sure = page.getByRole("alertdialog");
  await own.open("/notifications/new");
  await page.getByLabel("To", { exact: true }).selectOption("chat");
  await page.getByLabel("Chat's id").fill("no-such-chat");
  await page.getByLabel("Message", { exact: true }).fill("We moved.");
  await page.getByLabel("Subject", { exact: true }).fill(subject);
  await page.getByLabel("Subject", { exact: true }).press("Enter");
  await expect(page.getByText("There is no such chat")).toBeVisible();
  const crew = { name: "Crew", memberUserIds: ["ben", "carla"] };
  const { body: chat } = await own.call<{ id: string }>("POST", "/Chat", crew, "ada");
  await page.getByLabel("Chat's id").fill(chat.id);
  await page.getByLabel("Subject", { exact: true }).press("Enter");
  await expect(sure).toHaveAccessibleName("Send it to the 3 members of Crew?");
  await sure.getByRole("button", { name: "Cancel" }).click();

  // A column of ids, one of them with a blank, one twice.
  await page.getByLabel("To", { exact: true }).selectOption("users");
  await page.getByLabel("Users' ids").fill("ada\ndora lee\nada");
  await page.getByLabel("Subject", { exact: true }).press("Enter");
  await expect(sure).toHaveAccessibleName("Send it to 2 users?");
  expect(await own.sql("select 1 from notification_batches where content->>'subject' = $1", [subject])).toEqual([]);
  await sure.getByRole("button", { name: "Send to 2 users" }).click();
  await expect(page.getByText("2 of 2")).toBeVisible();
});

test("what is written and not sent is there again, and the browser asks before it is lost", async () => {
  const { page } = own;
  const subject = unheard("Not sent yet");
  const field = page.getByLabel("Subject", { exact: true });
  await own.open("/notifications/new");
  await page.getByLabel("User's id").fill("ada");
  await page.getByLabel("Message", { exact: true }).fill("We moved.");
  await field.fill(subject);
  await page.getByRole("link", { name: "Topics", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Topics" })).toBeVisible();
  await page.goBack();
  await expect(field).toHaveValue(subject);
  const question = page.waitForEvent("dialog");
  const reloads = page.evaluate(() => window.location.reload());
  const asked = await question;
  expect(asked.type()).toBe("beforeunload");
  await asked.dismiss();
  await reloads;
  await expect(field).toHaveValue(subject);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(field).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(field).toHaveValue(subject);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Send a notification" })).toBeVisible();
  await expect(field).toHaveValue("");
});

test("a topic that somebody deleted meanwhile is not made again by another name for it", async () => {
  const { page } = own;
  await own.call("PUT", "/admin/topics/leaving", { name: "Leaving" });
  await own.open("/topics/leaving");
  await page.getByRole("button", { name: "Rename" }).click();
  await own.call("DELETE", "/admin/topics/leaving");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Left");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByText("It was deleted, or the address is wrong.", { exact: false })).toBeVisible();
  expect((await own.call("GET", "/admin/topics/leaving")).status).toBe(404);
});

test("Back leads past what a list was narrowed by", async () => {
  const { page } = own;
  const filters = { Categories: "Type or title", Suppressions: "Part of the address" };
  for (const [title, label] of Object.entries(filters)) {
    await own.open("/topics");
    await page.getByRole("link", { name: title, exact: true }).click();
    for (const words of ["a", "ab"]) {
      await page.getByLabel(label).fill(words);
      await page.getByLabel(label).press("Enter");
      await expect(page).toHaveURL(new RegExp(`search=${words}$`, "u"));
    }
    await page.goBack();
    await expect(page, title).toHaveURL(/\/topics$/u);
  }
});

test("what is made where something of that name exists says so, leaves it as it is, and offers to open it", async () => {
  const { page } = own;
  await own.call("PUT", "/admin/templates/kept", { title: "Kept", subject: "S", message: "Words of somebody" });
  await own.call("PUT", "/admin/categories/Kept", { title: "Kept kind", description: "Of somebody" });
  await own.call("PUT", "/admin/topics/kept", { name: "Kept line" });
  const dialog = page.getByRole("dialog");
  const taken = async (path: string, name: string, id: string, press: string) => {
    await own.open(path);
    await pressCreate(page);
    await dialog.getByLabel(name === "Type" ? "Title" : path === "/topics" ? "Name" : "Title").fill("Another");
    await dialog.getByLabel(name, { exact: true }).fill(id);
    await dialog.getByRole("button", { name: press, exact: true }).click();
    await expect(dialog.getByText("It exists already")).toHaveCount(1);
    await dialog.getByRole("button", { name: "Open it" }).click();
  };
  await taken("/templates", "Name", "kept", "Create");
  await expect(page.getByRole("heading", { level: 1, name: "Kept", exact: true })).toBeVisible();
  await expect(page.getByLabel("In the inbox")).toHaveValue("Words of somebody");
  await taken("/topics", "Id", "kept", "Create");
  await expect(page.getByRole("heading", { level: 1, name: "Kept line", exact: true })).toBeVisible();
  await taken("/categories", "Type", "Kept", "Save");
  await expect(dialog.getByLabel("Description (optional)")).toHaveValue("Of somebody");
});

test("the pages of single objects meet WCAG 2.2 AA in both themes and fit 360 px", async () => {
  const { page } = own;
  const content = { userId: "ada", subject: "Accessible", message: "m", email: "ada@notices.example" };
  const { body } = await own.call<{ id: string }>("POST", "/Notifications", content);
  const template = { subject: "{{ a }}", message: "m", publish: true };
  for (const subject of ["{{ a }}", "{{ b }}"])
    await own.call("PUT", "/admin/templates/seen", { ...template, subject });
  await own.call("PUT", "/admin/topics/seen", { name: "Seen" });
  await own.call("POST", "/admin/topics/seen/subscribers", { userIds: ["ada"] });
  await own.call("PUT", "/admin/categories/Seen", { title: "Seen" });
  const { body: batch } = await own.call<{ id: string }>("POST", "/Notifications/bulk", {
    ...content,
    topic: "seen",
    userId: undefined,
    email: undefined,
  });
  const paths = ["/notifications/new", `/notifications/${body.id}`, `/notifications/batches/${batch.id}`];
  for (const path of [...paths, "/templates/seen", "/topics/seen", "/categories?open=Seen", "/mail"]) {
    await own.open(path);
    await expectAccessible(page);
  }
});
