import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { expect, listen, test, unheard } from "./journey.ts";
import { callAs, callWithKey, productUrl, readDemo } from "./people.ts";
import { look } from "./visitor.ts";

// From a notification to the mail's own link, as somebody opens it who is not signed in and runs no script.

interface Caught {
  id: string;
  subject: string;
  to: string;
}

/** Sends one by mail, and reads in the catcher where its header says that it can be stopped. */
async function mailedLink(userId: string): Promise<string> {
  const subject = unheard("The boat is late");
  await callWithKey("POST", "/Notifications", { userId, type: "Delay", subject, message: "Ten minutes." });
  const caught = async () => {
    const { data } = await read<{ data: Caught[] }>("/admin/mail/caught?pageSize=50");
    return data.find((mail) => mail.subject === subject)?.id ?? "";
  };
  await expect.poll(caught).not.toBe("");
  const { headers, text } = await read<{ headers: { name: string; value: string }[]; text: string }>(
    `/admin/mail/caught/${await caught()}`,
  );
  const valueIn = (wanted: string) => headers.find(({ name }) => name.toLowerCase() === wanted)?.value;
  expect(valueIn("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
  const link = /^<(.+)>$/u.exec(valueIn("list-unsubscribe") ?? "")?.[1] ?? "";
  expect(text).toContain(link);
  return link;
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${productUrl()}/tenant/demo/v1${path}`, {
    headers: { "x-api-key": readDemo().apiKey },
  });
  if (!response.ok) throw new Error(`GET ${path} was answered with ${response.status}`);
  return (await response.json()) as T;
}

async function delayMail(userId: string): Promise<string | undefined> {
  const { categories } = await callAs<{ categories: { type: string; channels: { email: { choice: string } } }[] }>(
    userId,
    "GET",
    "/preferences",
  );
  return categories.find(({ type }) => type === "Delay")?.channels.email.choice;
}

async function openWithoutScript(
  browser: Browser,
  address: string,
  more = {},
): Promise<{ page: Page; noise: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...more });
  const page = await context.newPage();
  const noise = listen(page, new URL(productUrl()).origin);
  await page.goto(address);
  return { page, noise };
}

test("a mail's link opens the preferences without script: saved, stopped by one click, and taken back", async ({
  browser,
}) => {
  const link = await mailedLink("duarte");
  expect(link.startsWith(`${productUrl()}/u/demo.`)).toBe(true);
  const { page, noise } = await openWithoutScript(browser, link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What Lighthouse Ferries sends you");
  await expect(page.getByText("This mail is needed")).toHaveCount(0);
  expect(await delayMail("duarte")).toBe("default"); // looking changed nothing

  await page.locator('input[name="quiet"]').check();
  await page.locator('[name="quietFrom"]').fill("21:15");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toHaveText("Saved.");
  await expect(page.locator('[name="quietFrom"]')).toHaveValue("21:15");
  expect(await callAs("duarte", "GET", "/preferences")).toMatchObject({ quietHours: { enabled: true, from: "21:15" } });

  const answer = await fetch(link, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "List-Unsubscribe=One-Click",
  });
  expect([answer.status, await answer.text()]).toEqual([200, "Unsubscribed from Delays.\n"]);
  expect(await delayMail("duarte")).toBe("off");

  // The page was open meanwhile, and still shows the default.
  const saved = page.waitForEvent("load");
  await page.getByRole("button", { name: "Save" }).click();
  await saved;
  expect(await delayMail("duarte")).toBe("off");

  await page.goto(link);
  await expect(page.getByText("You do not get mail of this kind any more.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("status")).toHaveText("You get these mails again.");
  await expect(page.getByRole("button", { name: "Unsubscribe" })).toBeVisible();
  expect(await delayMail("duarte")).not.toBe("off");
  expect(noise).toEqual([]);
  await page.context().close();
});

test("a look by whoever runs scripts changes nothing either; meets WCAG 2.2 AA in both themes and fits 360 px", async ({
  page,
}) => {
  const link = await mailedLink("emma");
  const posts: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") posts.push(`${request.method()} ${request.url()}`);
  });
  await page.goto(link);
  await expect(page.getByRole("button", { name: "Save" })).toBeVisible();
  await expectAccessible(page);
  expect(posts).toEqual([]);
  expect(await delayMail("emma")).toBe("default");
});

test("each visitor of the page has a rate of their own, though all of them ask through us", async () => {
  // Only on Linux a machine has more addresses of its own than one.
  const [mine, others] = process.platform === "linux" ? ["127.0.0.7", ["127.0.0.8"]] : ["127.0.0.1", []];
  const { second } = readDemo();
  const setRate = (address: object | null) =>
    callWithKey("PATCH", "/admin/tenant", { settings: { rates: { address } } }, second.tenantId, second.apiKey);
  // A token of its own: another journey revokes those that the demo came with.
  const asked = { userId: second.user.userId };
  const key = [second.tenantId, second.apiKey] as const;
  const { token } = await callWithKey<{ token: string }>("POST", "/tokens", asked, ...key);
  const response = await fetch(`${productUrl()}/tenant/${second.tenantId}/v1/preferences`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { link } = (await response.json()) as { link: string };
  await setRate({ rate: 0.1, burst: 2 });
  const statuses = [];
  try {
    for (const from of [mine, mine, mine, ...others]) statuses.push(await look(link, from));
  } finally {
    await setRate({ rate: 20, burst: 100 });
  }
  expect(statuses).toEqual([200, 200, 500, ...others.map(() => 200)]);
});
