import { expectAccessible } from "./accessible.ts";
import { choose, expect, intercept, listen, pick, test, unheard } from "./journey.ts";
import { callAs, callWithKey, makeGroup, productUrl, readDemo } from "./people.ts";

async function notify(userId: string, more: object = {}): Promise<string> {
  const subject = unheard("Notice");
  await callWithKey("POST", "/Notifications", {
    userId,
    type: "SystemAnnouncement",
    subject,
    message: `About ${subject}`,
    ...more,
  });
  return subject;
}

async function countOf(userId: string, what: "unread" | "unseen"): Promise<number> {
  return (await callAs<{ inbox: Record<string, number> }>(userId, "GET", "/counters")).inbox[what] ?? -1;
}

const unreadOf = (userId: string) => countOf(userId, "unread");

test("comes in live, is read, archived, snoozed and deleted with undo, and the numbers agree", async ({ page }) => {
  await page.clock.install();
  await page.goto("/inbox/demo?as=leila");
  await expect(page.getByRole("heading", { level: 1, name: /^Inbox/u })).toBeVisible();
  const before = await unreadOf("leila");
  const first = await notify("leila", { priority: "High" });
  const row = (subject: string) => page.getByRole("article", { name: new RegExp(`^${subject}`, "u") });
  await expect(row(first)).toHaveAccessibleName(/unread, high/u);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${before + 1}`);
  await expect.poll(() => countOf("leila", "unseen"), "on the screen it is seen").toBe(0);

  await row(first)
    .getByRole("button", { name: new RegExp(first, "u") })
    .click();
  await expect(row(first).getByText(`About ${first}`)).toBeVisible();
  await expect(row(first)).not.toHaveAccessibleName(/unread/u);
  await expect.poll(() => unreadOf("leila")).toBe(before);

  // In the list of unread ones as well: what is opened there stays to be read.
  await page.getByRole("navigation", { name: "Filters" }).getByRole("button", { name: "Unread" }).click();
  const fresh = await notify("leila");
  await row(fresh).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => unreadOf("leila")).toBe(before);
  await expect(row(fresh)).not.toHaveAccessibleName(/unread/u);
  await expect(row(fresh).getByText(`About ${fresh}`)).toBeVisible();
  await expect(row(fresh)).toBeFocused();
  await page.goBack();

  await row(first)
    .getByRole("button", { name: /^Archive/u })
    .click();
  await expect(row(first)).toHaveCount(0);
  await page.getByRole("navigation", { name: "Filters" }).getByRole("button", { name: "Archive" }).click();
  await expect(row(first)).toBeVisible();
  await page.goBack();

  const second = await notify("leila");
  const snooze = row(second).getByRole("button", { name: /^Snooze/u });
  await pick(snooze, "Tomorrow morning");
  await expect(row(second)).toHaveCount(0);
  await page.getByRole("navigation", { name: "Filters" }).getByRole("button", { name: "Snoozed" }).click();
  await pick(snooze, "Bring back now");
  await expect(row(second)).toHaveCount(0);
  const undo = (done: string) =>
    page
      .getByText(done, { exact: true })
      .first() // the newest
      .locator("..")
      .locator("..")
      .getByRole("button", { name: "Undo" })
      .click();
  await undo("Back in the inbox");
  await expect(row(second), "sleeps on").toBeVisible();
  await row(second)
    .getByRole("button", { name: /^Archive/u })
    .click();
  await expect(row(second)).toHaveCount(0);
  await undo("Archived");
  await expect(row(second), "and does so after a look at the archive").toBeVisible();
  await page.goBack();

  const below = await notify("leila");
  const third = await notify("leila");
  await expect(row(below)).toBeVisible();
  await row(third).focus();
  await page.keyboard.press("Delete");
  await expect(row(third)).toHaveCount(0);
  await expect(row(below), "has the focus that would be lost").toBeFocused();
  await page.getByText("Deleted").locator("..").locator("..").getByRole("button", { name: "Undo" }).click();
  await expect(row(third)).toBeVisible();
  await expect.poll(() => unreadOf("leila")).toBe(before + 2);
  await expect(page.getByText("Deleted"), "the toast of what was undone has faded").toHaveCount(0);

  // A toast that a pointer holds does not offer what is no more.
  await row(third).focus();
  await page.keyboard.press("Delete");
  await page.getByText("Deleted").hover();
  await page.clock.runFor(8_500);
  await expect.poll(() => unreadOf("leila")).toBe(before + 1);
  await expect(page.getByText("Deleted")).toHaveCount(0);

  // Whoever leaves the page cannot undo it any more.
  await row(below).focus();
  await page.keyboard.press("Delete");
  await expect(row(below)).toHaveCount(0);
  await page.goto("about:blank");
  await expect.poll(() => unreadOf("leila")).toBe(before);
});

test("shows HTML in a sandbox that runs nothing and calls nobody", async ({ browser }) => {
  const baseURL = productUrl();
  const page = await (await browser.newContext({ baseURL })).newPage();
  const noise = listen(page, new URL(baseURL).origin);
  const html = `<h2>Timetable</h2><img src="${baseURL}/pixel-of-a-spy.png" alt="A spy"><script>parent.document.title = "taken"</script><p onclick="1">Nine o'clock</p>`;
  const subject = await notify("karim", { htmlContent: html });
  await page.goto("/inbox/demo?as=karim");
  await page
    .getByRole("article", { name: new RegExp(`^${subject}`, "u") })
    .getByRole("button")
    .first()
    .click();
  const frame = page.locator(`iframe[title="${subject}"]`);
  await expect(frame).toHaveAttribute("sandbox", /^(?!.*allow-scripts)/u);
  // Read from outside: the frame runs no script, not even a test's.
  const body = () => frame.evaluate((element) => (element as HTMLIFrameElement).contentDocument?.body.innerHTML ?? "");
  await expect.poll(body).toContain("Nine o'clock");
  expect(await body()).toContain("[A spy]");
  expect(await body()).not.toMatch(/<script|onclick|<img/u);
  await expect(page).not.toHaveTitle(/taken/u);
  // What records this test runs a script in every frame, and is refused there as anybody else's would be.
  expect(noise.filter((line) => !line.includes("Blocked script execution in 'about:srcdoc'"))).toEqual([]);
  await page.context().close();
});

test("the bell has the number, and the one badge adds chat and inbox", async ({ page }) => {
  const { chats } = await callAs<{ chats: { unreadMessages: number } }>("farid", "GET", "/counters");
  await notify("farid");
  await page.goto("/chat/demo?as=farid");
  const unread = await unreadOf("farid");
  await expect(page.getByRole("button", { name: `Notifications, ${unread} unread` })).toBeVisible();
  const total = chats.unreadMessages + unread;
  await expect(page).toHaveTitle(new RegExp(`^\\(${total > 99 ? "99\\+" : total}\\) `, "u"));
  await page.getByRole("button", { name: /^Notifications/u }).click();
  await expect(page.getByRole("dialog", { name: "Notifications" }).getByRole("article").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "All notifications" })).toHaveAttribute("href", "/inbox/demo?as=farid");
});

test("what was said while one was away leads to its chat", async ({ page }) => {
  const { id } = await makeGroup(unheard("Away"), "hana", "ivo");
  const subject = await notify("hana", { metadata: { chatId: id } });
  await page.goto("/inbox/demo?as=hana");
  const row = page.getByRole("article", { name: new RegExp(`^${subject}`, "u") });
  await row.getByRole("button").first().click();
  await row.getByRole("button", { name: "Open the chat" }).click();
  await expect(page).toHaveURL(new RegExp(`/chat/demo\\?(?=.*chat=${id})(?=.*as=hana)`, "u"));
  await expect(page.getByRole("textbox", { name: "Message", exact: true })).toBeVisible();
});

test("who has read all that is loaded is not told that there is no more", async ({ page }) => {
  const oldest = await notify("joana");
  for (let more = 0; more < 30; more++) await notify("joana");
  await page.goto("/inbox/demo?as=joana&view=unread");
  await expect(page.getByRole("article").nth(29)).toBeVisible();
  const unread = "/Notifications?unreadOnly=true&limit=100";
  const all = (await callAs<{ data: { id: string; subject: string }[] }>("joana", "GET", unread)).data;
  const data = all.filter(({ subject }) => subject !== oldest);
  await callAs("joana", "PUT", "/Notifications/bulk/read", { notificationIds: data.map(({ id }) => id) });
  await expect(page.getByRole("article")).toHaveCount(0);
  await page.getByRole("button", { name: "Show older" }).click();
  await expect(page.getByRole("article", { name: new RegExp(`^${oldest}`, "u") })).toBeVisible();
});

test("an urgent one lies over the inbox and moves nothing, from the moment it comes until it is put away", async ({
  page,
}) => {
  await callAs("emma", "PUT", "/Notifications/read-all", {}); // the demo's own urgent ones
  await page.goto("/inbox/demo?as=emma");
  await expect(page.getByRole("heading", { level: 1, name: /^Inbox/u })).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading notifications" })).toHaveCount(0);
  const filters = page.getByRole("navigation", { name: "Filters" });
  const place = await filters.boundingBox();
  const subject = await notify("emma", { priority: "Urgent" });
  const strip = page.getByRole("status").filter({ hasText: subject });
  await expect(strip).toBeVisible();
  expect(await filters.boundingBox()).toEqual(place);
  await expect(page.getByRole("article", { name: new RegExp(`^${subject}`, "u") })).toHaveAccessibleName(
    /unread, urgent/u,
  );
  // Beside the other lists too, those that have not loaded it.
  await page.goto("/inbox/demo?as=emma&view=preferences");
  await expect(strip).toBeVisible();
  await page.goto("/inbox/demo?as=emma");
  await strip.getByRole("button", { name: "Put away" }).click();
  await expect(strip).toHaveCount(0);
  expect(await filters.boundingBox()).toEqual(place);
});

test("an urgent one is opened from where it lies over the inbox, however far down it is, and is read with that", async ({
  page,
}) => {
  await callAs("ben", "PUT", "/Notifications/read-all", {}); // the demo's own urgent ones
  const before = await unreadOf("ben");
  const subject = await notify("ben", { priority: "Urgent" });
  const row = page.getByRole("article", { name: new RegExp(`^${subject}`, "u") });
  const strip = page.getByRole("status").filter({ hasText: subject });
  // Beside a list that does not have it.
  await page.goto("/inbox/demo?as=ben&view=archived");
  const opens = strip.getByRole("button", { name: subject });
  await opens.focus();
  // As many newer ones as two pages hold lie over it.
  await Promise.all(Array.from({ length: 65 }, () => notify("ben")));
  await page.keyboard.press("Enter");
  await expect(row).toBeFocused();
  await expect(row).toBeInViewport();
  await expect(row.getByText(`About ${subject}`)).toBeVisible();
  await expect(page).not.toHaveURL(/view=/u);
  await expect(row).not.toHaveAccessibleName(/unread/u);
  await expect(strip).toHaveCount(0);
  await expect.poll(() => unreadOf("ben")).toBe(before + 65);

  // From the list that it is in, and one that is opened already stays so.
  const second = await notify("ben", { priority: "Urgent" });
  const other = page.getByRole("article", { name: new RegExp(`^${second}`, "u") });
  await page.getByRole("status").filter({ hasText: second }).getByRole("button", { name: second }).click();
  await expect(other.getByText(`About ${second}`)).toBeVisible();
  await expect(other).toBeFocused();
  await other.getByRole("button", { name: /^Mark unread/u }).click();
  await page.getByRole("status").filter({ hasText: second }).getByRole("button", { name: second }).click();
  await expect(other).not.toHaveAccessibleName(/unread/u);
  await expect(other.getByText(`About ${second}`)).toBeVisible();

  // Read or archived elsewhere, and gone of itself: then it is over nothing any more.
  for (const act of ["read", "archive"]) {
    const name = await notify("ben", { priority: "Urgent" });
    const shown = page.getByRole("status").filter({ hasText: name });
    await expect(shown).toBeVisible();
    const all = "/Notifications?unreadOnly=true&limit=10";
    const { data } = await callAs<{ data: { id: string; subject: string }[] }>("ben", "GET", all);
    const { id } = data.find((one) => one.subject === name) ?? { id: "" };
    await callAs("ben", "PUT", `/Notifications/${id}/${act}`, {});
    await expect(shown).toHaveCount(0);
  }
  // One that is over before a busy machine has shown it says nothing: the next lasts longer.
  let shown = page.getByRole("status");
  let lasts = 2_000;
  await expect(async () => {
    lasts *= 2;
    const expiresAt = new Date(Date.now() + lasts).toISOString();
    shown = page.getByRole("status").filter({ hasText: await notify("ben", { priority: "Urgent", expiresAt }) });
    await expect(shown).toBeVisible({ timeout: lasts });
  }).toPass();
  await expect(shown).toHaveCount(0);
});

test("what comes in is said by one polite voice, in the inbox and beside the bell", async ({ page }) => {
  const voice = page.getByRole("log", { name: "New notifications" });
  for (const address of ["/inbox/demo?as=karim", "/chat/demo?as=karim"]) {
    await page.goto(address);
    await expect(page.getByRole("article").or(page.getByLabel("Connection: Live")).first()).toBeVisible();
    await expect(voice).toBeEmpty();
    const subject = await notify("karim");
    await expect(voice).toHaveText(`New notification: ${subject}`);
  }
  const urgent = await notify("karim", { priority: "Urgent" });
  await expect(voice).toHaveText(`Urgent notification: ${urgent}`);
});

test("all is marked read at once, one unread again, and a type is looked at alone", async ({ page }) => {
  await page.goto("/inbox/demo?as=gita");
  await expect(page.getByRole("heading", { level: 1, name: /^Inbox/u })).toBeVisible();
  const [offer, other] = [await notify("gita", { type: "Offer" }), await notify("gita", { type: "Strike" })];
  const row = (subject: string) => page.getByRole("article", { name: new RegExp(`^${subject}`, "u") });
  for (const subject of [offer, other]) await expect(row(subject)).toHaveAccessibleName(/unread/u);
  await page.getByRole("button", { name: /^Mark all .*read$/u }).click();
  for (const subject of [offer, other]) await expect(row(subject)).not.toHaveAccessibleName(/unread/u);
  await expect.poll(() => unreadOf("gita")).toBe(0);
  await row(offer)
    .getByRole("button", { name: /^Mark unread/u })
    .click();
  await expect(row(offer)).toHaveAccessibleName(/unread/u);
  await expect.poll(() => unreadOf("gita")).toBe(1);

  await choose(page, page.getByRole("combobox", { name: "Type" }), "Offer");
  await expect(row(other)).toHaveCount(0);
  await expect(row(offer)).toBeVisible();
});

test("a digest gathers mail, and a pause holds it, until it is ended", async ({ page }) => {
  /** By which rule a mail to her was decided about. */
  const decide = async () => {
    const content = { userId: "gita", subject: unheard("Mailed"), message: "m", email: "gita@inbox.example" };
    const { id } = await callWithKey<{ id: string }>("POST", "/Notifications", content);
    const of = async () => {
      const path = `${productUrl()}/tenant/demo/v1/Notifications/${id}/deliveries`;
      const answer = await fetch(path, { headers: { "x-api-key": readDemo().apiKey } });
      const { data } = (await answer.json()) as { data: { channel: string; status: string; rule?: string }[] };
      const mail = data.find(({ channel, status }) => channel === "email" && status !== "queued");
      return mail?.rule;
    };
    await expect.poll(of).toBeDefined();
    return await of();
  };
  const stored = async () =>
    await callAs<{ digest: { every: string }; pausedUntil?: string }>("gita", "GET", "/preferences");
  await page.goto("/inbox/demo?as=gita&view=preferences");
  const digest = page.getByRole("combobox", { name: "Digest", exact: true });
  await choose(page, digest, "Hourly");
  await expect.poll(async () => (await stored()).digest.every).toBe("hourly");
  await expect(page.getByLabel("At", { exact: true })).toHaveCount(0);
  await choose(page, digest, "Weekly");
  await expect(page.getByLabel("At", { exact: true })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Day of the digest" })).toBeVisible();
  await expect.poll(async () => (await stored()).digest.every).toBe("weekly"); // shown before it is
  expect(await decide()).toBe("digest");
  await choose(page, digest, "No digest");
  await expect(page.getByRole("combobox", { name: "Day of the digest" })).toHaveCount(0);

  await page.getByRole("button", { name: "A day" }).click();
  await expect(page.getByText(/^Paused until/u)).toBeVisible();
  await expect.poll(async () => (await stored()).pausedUntil).toBeDefined();
  expect(await decide()).toBe("paused");
  await page.getByRole("button", { name: "End the pause" }).click();
  await expect(page.getByText(/^Paused until/u)).toHaveCount(0);
  await expect.poll(async () => (await stored()).pausedUntil).toBeUndefined();
  expect(await decide()).toBe("catcher");
  expect(await stored()).toMatchObject({ digest: { every: "off" } });
});

// Hana, whom nothing else is mailed to: in these hours it would wait.
test("keeps what one chooses to get", async ({ page }) => {
  await page.goto("/inbox/demo?as=hana&view=preferences");
  const mail = page.getByRole("switch", { name: "Everything else: Email" });
  const was = await mail.getAttribute("aria-checked");
  await mail.click();
  await expect(mail).not.toHaveAttribute("aria-checked", was ?? "");
  const quiet = page.getByRole("switch", { name: "Quiet hours" });
  await quiet.click();
  const from = page.getByLabel("From", { exact: true });
  await from.fill("21:30");
  await page.getByLabel("To", { exact: true }).click();
  await expect
    .poll(async () => (await callAs<{ quietHours: object }>("hana", "GET", "/preferences")).quietHours)
    .toMatchObject({ enabled: true, from: "21:30" });
  await from.fill("");
  await page.getByLabel("To", { exact: true }).click();
  await expect(from, "is not left empty").toHaveValue("21:30");
  await page.getByRole("combobox", { name: /^Time zone/u }).selectOption("Asia/Tokyo");
  await expect
    .poll(async () => (await callAs<{ timezone: string }>("hana", "GET", "/preferences")).timezone)
    .toBe("Asia/Tokyo");
  await page.reload();
  await expect(page.getByRole("combobox", { name: /^Time zone/u })).toHaveValue("Asia/Tokyo");
  await expect(mail).not.toHaveAttribute("aria-checked", was ?? "");
  await expect(from).toHaveValue("21:30");

  // Two changes at once: the answer to the first comes late, and takes back nothing of the second.
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await intercept(
    page,
    /\/preferences$/u,
    async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    },
    { times: 1 },
  );
  const before = await quiet.getAttribute("aria-checked");
  // From here on: the second may be answered before the first.
  const answers = [1, 2].map((nth) => {
    let heard = 0;
    return page.waitForResponse((response) => /\/preferences$/u.test(response.url()) && ++heard === nth);
  });
  await mail.click();
  await quiet.click();
  // Each shows at once what is chosen.
  await expect(mail).toHaveAttribute("aria-checked", was ?? "");
  await expect(quiet).not.toHaveAttribute("aria-checked", before ?? "");
  answer();
  await Promise.all(answers);
  await expect(mail).toHaveAttribute("aria-checked", was ?? "");
  await expect(quiet).not.toHaveAttribute("aria-checked", before ?? "");
});

test("the inbox and its preferences meet WCAG 2.2 AA in both themes and fit 360 px", async ({ page }) => {
  await notify("duarte", { priority: "Urgent" });
  for (const view of ["all", "preferences"]) {
    await page.goto(`/inbox/demo?as=duarte&view=${view}`);
    await expect(view === "all" ? page.getByRole("article").first() : page.getByRole("switch").first()).toBeVisible();
    await expectAccessible(page);
  }
});

test("on a phone what one can do with a notification stands two by two, and a type's switches side by side", async ({
  browser,
}) => {
  await notify("duarte");
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const context = await browser.newContext({ baseURL: productUrl(), ...phone });
  const page = await context.newPage();
  const linesOf = (role: "button" | "switch", within: string) =>
    page
      .locator(within)
      .first()
      .getByRole(role)
      .evaluateAll((all) => new Set(all.map((one) => one.getBoundingClientRect().top)).size);
  await page.goto("/inbox/demo?as=duarte");
  await expect(page.getByRole("button", { name: /^Archive \(/u }).first()).toBeVisible();
  expect(await linesOf("button", "article div:has(> button[aria-label^='Archive'])")).toBe(2);
  await page.goto("/inbox/demo?as=duarte&view=preferences");
  await expect(page.getByRole("switch").first()).toBeVisible();
  expect(await linesOf("switch", "li:has([role=switch])")).toBe(1);

  // What could not be stored is taken back, and says so where it was chosen: what is above is out of sight.
  await intercept(page, /\/preferences$/u, (route) => route.abort(), { times: 2 });
  const first = page
    .locator("main")
    .getByRole("listitem")
    .filter({ has: page.getByRole("switch") })
    .first();
  const mail = first.getByRole("switch", { name: /: Email$/u });
  const was = (await mail.getAttribute("aria-checked")) ?? "";
  await mail.click();
  await page.getByRole("button", { name: "A week" }).click();
  const problem = page.getByText(/^Not saved: /u);
  await expect(problem).toHaveCount(2);
  await expect(first.getByText(/^Not saved: /u)).toHaveCount(1);
  await expect(problem.last()).toBeInViewport();
  await expect(mail).toHaveAttribute("aria-checked", was);
  await context.close();
});
