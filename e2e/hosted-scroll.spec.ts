import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { findSwiftBrowser } from "./browser.ts";
import { expect, holdNext, intercept, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted } from "./people.ts";

test.use({ contextOptions: {} }); // with all that moves, as most people have it

const SCRIPT_BUDGET = 250_000;
const count = 130;

test("one gets to the first unread, and older messages come in above without moving what is being read", async ({
  browser,
}) => {
  const { id } = await makeGroup(unheard("Log"), "carla", "emma");
  await Promise.all(
    Array.from({ length: count }, (_, at) =>
      callAs("carla", "POST", `/Chat/${id}/messages`, { content: `Line ${at}` }),
    ),
  );
  await callAs("carla", "PUT", `/Chat/${id}/read`, { seq: count });

  const emma = await openHosted(browser, "emma", id);
  const message = (seq: number) => emma.messages.locator(`[data-seq="${seq}"]`);
  await expect(emma.page.getByText(/^More than 99 new since \d/u)).toBeVisible();
  await expect(emma.messages.getByText("New", { exact: true })).toBeInViewport();
  await emma.page.getByRole("button", { name: "Newest" }).click();
  await expect(message(count)).toBeInViewport();
  await expect(message(1)).toHaveCount(0); // only what is near the view is in the page
  await emma.page.getByRole("button", { name: "Jump to first" }).click();
  await expect(message(1)).toBeInViewport();
  expect(emma.noise).toEqual([]);
  await emma.page.context().close();

  // Who has read all is at the end, with one page of it.
  const carla = await openHosted(browser, "carla", "");
  const { page } = carla;
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(/\/messages\?.*before=/u, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(/\/messages\?.*before=/u);
  await page.goto(`/chat/demo?as=carla&chat=${id}`);
  await expect(carla.messages.locator(`[data-seq="${count}"]`)).toBeInViewport();
  const oldest = await page.evaluate(scrollUp);
  await asked;
  const moved = page.evaluate(watchRow, oldest);
  letGo();
  expect(await moved).toBeLessThanOrEqual(1);
  expect(carla.noise).toEqual([]);
  await page.context().close();
});

test("a link to a message that is not there yet leads to the end, and to nowhere once it has come", async ({
  browser,
}) => {
  const { id } = await makeGroup(unheard("Ahead"), "carla", "emma");
  const say = (content: string) => callAs("carla", "POST", `/Chat/${id}/messages`, { content });
  for (let at = 1; at <= 40; at++) await say(`Line ${at}`);
  const emma = await openHosted(browser, "emma", `${id}&seq=41`);
  const message = (seq: number) => emma.messages.locator(`[data-seq="${seq}"]`);
  await expect(message(40)).toBeInViewport();
  await message(40).hover();
  await expect(async () => {
    await emma.page.mouse.wheel(0, -10_000);
    await expect(message(1)).toBeInViewport({ timeout: 1_000 });
  }).toPass();
  await say("Line 41");
  await expect(emma.page.getByRole("button", { name: "1 new" })).toBeVisible();
  await expect(message(1)).toBeInViewport();
  await emma.page.context().close();
});

test("an old message is there by one page, wherever in the chat it is, and one reads on from it to the newest", async ({
  browser,
}) => {
  const id = await longChat();
  const ada = await openHosted(browser, "ada", "");
  const { page } = ada;
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "GET" && /\/messages\?/u.test(request.url())) asked.push(request.url());
  });
  const message = (seq: number) => ada.messages.locator(`[data-seq="${seq}"]`);
  await page.goto(`/chat/demo?as=ada&chat=${id}&seq=2500`);
  await expect(message(2500)).toBeInViewport();
  // The newest page, that of before it, and the one that it is on.
  await page.waitForLoadState("networkidle");
  expect(asked.length).toBeLessThanOrEqual(4);
  for (const [by, to] of [
    [400, 2560],
    [-400, 2440],
  ] as const) {
    await message(2500).hover();
    await expect(async () => {
      await page.mouse.wheel(0, by);
      await expect(message(to)).toBeInViewport({ timeout: 100 });
    }).toPass({ intervals: [50] });
    await page.getByRole("button", { name: "Newest" }).click();
    await expect(message(5000)).toBeInViewport();
    await page.goto(`/chat/demo?as=ada&chat=${id}&seq=2500`);
    await expect(message(2500)).toBeInViewport();
  }
  expect(ada.noise).toEqual([]);
  await page.context().close();
});

test("where more is unread than is loaded one begins at the first of it, and what was not seen is not read", async ({
  browser,
}) => {
  const { id } = await makeGroup(unheard("Away"), "carla", "emma");
  for (let round = 0; round < 5; round++)
    await Promise.all(
      Array.from({ length: 90 }, (_, at) => callAs("carla", "POST", `/Chat/${id}/messages`, { content: `Line ${at}` })),
    );
  const emma = await openHosted(browser, "emma", id);
  const message = (seq: number) => emma.messages.locator(`[data-seq="${seq}"]`);
  await expect(message(1)).toBeInViewport();
  await expect(emma.messages.getByText("New", { exact: true })).toBeInViewport();
  const read = async () => (await callAs<{ lastReadSeq: number }>("emma", "GET", `/Chat/${id}`)).lastReadSeq;
  await expect.poll(read).toBeGreaterThan(1);
  expect(await read()).toBeLessThan(50);
  // Past what is not here nothing is read, unless one says so.
  await emma.page.getByRole("button", { name: "Newest" }).click();
  await expect(message(450)).toBeInViewport();
  await emma.page.waitForTimeout(2_500);
  expect(await read()).toBeLessThan(50);
  await emma.page.getByRole("button", { name: "Jump to first" }).click();
  await expect(message(1)).toBeInViewport();
  // What one says is among the newest, and is where one is then.
  await emma.page.getByRole("textbox", { name: /message/iu }).fill("Back again");
  await emma.page.keyboard.press("Enter");
  await expect(emma.messages.getByText("Back again")).toBeInViewport();
  await expect(message(451)).toBeInViewport();
  await expect(message(1)).toHaveCount(0);
  expect(emma.noise).toEqual([]);
  await emma.page.context().close();
});

test("a search says where it has looked, and looks on in what is older", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Hay"), "carla", "emma");
  const say = (content: string) => callAs("carla", "POST", `/Chat/${id}/messages`, { content });
  await say("A needle, the first");
  for (let round = 0; round < 5; round++) {
    await Promise.all(Array.from({ length: 90 }, (_, at) => say(`Line ${at}`)));
    if (round === 0) await say("A needle, the second");
  }
  await say("A pin");
  await callAs("emma", "PUT", `/Chat/${id}/read`, { seq: 453 });
  const emma = await openHosted(browser, "emma", id);
  const { page } = emma;
  const message = (seq: number) => emma.messages.locator(`[data-seq="${seq}"]`);
  const search = page.getByRole("search").filter({ has: page.getByLabel("Search in this chat") });
  await expect(message(453)).toBeInViewport();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("needle");
  const nothing = search.getByText(/^Nothing in the newest \d+ messages\.$/u);
  await expect(nothing).toBeVisible();

  // It can be stopped, and what comes after that leads nowhere.
  const letGo = await holdNext(page, /\/messages\?.*limit=200/u);
  await search.getByRole("button", { name: "Look in older ones" }).click();
  await expect(search.getByText("Looking in older messages …")).toBeVisible();
  await search.getByRole("button", { name: "Stop" }).click();
  await letGo();
  await expect(nothing).toBeVisible();
  await expect(search.getByRole("button", { name: "Look in older ones" })).toBeFocused();
  await expect(message(453)).toBeInViewport();

  // By Enter too, from one to the next, and back.
  await page.getByLabel("Search in this chat").focus();
  await page.keyboard.press("Enter");
  await expect(message(92)).toBeInViewport();
  await expect(message(92).locator("mark")).toHaveText("needle");
  await expect(search.getByText("1 of 1", { exact: true })).toBeVisible();
  await expect(search.getByText(/^1 in the newest \d+ messages\.$/u)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(message(1)).toBeInViewport();
  await expect(search.getByText("2 of 2", { exact: true })).toBeVisible();
  await expect(search.getByText("2 in this chat.")).toBeVisible();
  await page.keyboard.press("Shift+Enter");
  await expect(message(92)).toBeInViewport();

  // The newest ones are searched too while older ones are shown.
  await page.getByLabel("Search in this chat").fill("a pin");
  await expect(search.getByText(/^1 in /u)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(message(453)).toBeInViewport();

  // What is nowhere is so once all was looked through; what could not be loaded is tried again.
  await page.getByLabel("Search in this chat").fill("haystack");
  await intercept(page, /\/messages\?.*limit=200/u, (route) => route.abort(), { times: 1 });
  await page.keyboard.press("Enter");
  await expect(search.getByText("Older messages could not be loaded.")).toBeVisible();
  await search.getByRole("button", { name: "Try again" }).click();
  await expect(search.getByText("Nothing in this chat.")).toBeVisible();
  await expect(page.getByLabel("Search in this chat"), "has the focus that would be lost").toBeFocused();
  await page.context().close();
});

test("loads less than 250 kB of script, gzipped", async ({ page }) => {
  const scripts: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script")
      scripts.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto("/chat/demo?as=ada");
  await expect(page.getByLabel("Connection: Live")).toBeVisible();
  const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  console.log(`script of the hosted chat: ${(bytes / 1000).toFixed(0)} kB gzipped`);
  expect(bytes).toBeLessThan(SCRIPT_BUDGET);
});

test("5,000 messages scroll without a frame over 50 ms", async () => {
  const browser = await chromium.launch(findSwiftBrowser());
  const ada = await openHosted(browser, "ada", `${await longChat()}&seq=1`);
  const { page } = ada;
  await expect(ada.messages.getByText("Start of the conversation")).toBeVisible();
  await page.evaluate(readOn, 5_000);
  const session = await page.context().newCDPSession(page);
  // The page's own work, in the time of its thread: what other programs of this machine do meanwhile does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const workDone = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
  };
  /** The work of one frame, after a scroll to where `step` says; without one, of the frame that follows. */
  const measure = async (step?: number) => {
    const before = await workDone();
    await page.evaluate(
      (part) =>
        new Promise<number>((resolve) => {
          const box = document.querySelector('[aria-label="Messages"]')?.parentElement;
          if (box && part !== null)
            box.scrollTop = part < 40 ? box.scrollTop + 400 : (box.scrollHeight * (part - 39)) / 21;
          requestAnimationFrame(resolve);
        }),
      step ?? null,
    );
    return (await workDone()) - before;
  };
  /** From the top to the end; answers what each frame cost, in ms. */
  const scroll = async () => {
    await page.evaluate(() => {
      const box = document.querySelector('[aria-label="Messages"]')?.parentElement;
      if (box) box.scrollTop = 0;
    });
    const frames: number[] = [];
    for (let step = 0; step < 60; step++) frames.push(await measure(step), await measure());
    return frames;
  };
  // What a frame costs it costs each time; what the browser cleans up in between falls on another one.
  let frames = await scroll();
  for (let again = 0; again < 2 && Math.max(...frames) >= 50; again++) {
    const others = await scroll();
    frames = frames.map((cost, i) => Math.min(cost, others[i] ?? cost));
  }
  const [worst = 0, middle = 0] = [Math.max(...frames), frames.toSorted((a, b) => a - b)[frames.length / 2]];
  console.log(`scrolling 5,000 messages: worst frame ${worst.toFixed(0)} ms of work, median ${middle.toFixed(0)} ms`);
  expect(await ada.messages.getByRole("article").count()).toBeLessThan(120);
  expect(worst).toBeLessThan(50);
  await browser.close();
});

/** The demo's, of 5,000 messages. */
async function longChat(): Promise<string> {
  const chats = await callAs<{ data: { id: string; lastSeq: number }[] }>("ada", "GET", "/Chat?pageSize=50");
  return chats.data.find(({ lastSeq }) => lastSeq === 5_000)?.id ?? "";
}

/** Down, page by page, until that message is there. Runs in the page. */
function readOn(seq: number): Promise<void> {
  const list = document.querySelector<HTMLElement>('[aria-label="Messages"]');
  return new Promise((resolve) => {
    const frame = () => {
      if (list?.parentElement) list.parentElement.scrollTop = list.parentElement.scrollHeight;
      if (list?.querySelector(`[data-seq="${seq}"]`)) resolve();
      else requestAnimationFrame(frame);
    };
    frame();
  });
}

/** To the top of what is there; answers the number of the oldest message when all stands still. Runs in the page. */
function scrollUp(): Promise<number> {
  const list = document.querySelector<HTMLElement>('[aria-label="Messages"]');
  const [same, before] = [{ frames: 0 }, { top: Number.NaN }];
  return new Promise((resolve) => {
    const frame = () => {
      if (list?.parentElement) list.parentElement.scrollTop = 0;
      const first = list?.querySelector<HTMLElement>("[data-seq]");
      const top = first?.getBoundingClientRect().top ?? Number.NaN;
      same.frames = top === before.top ? same.frames + 1 : 0;
      before.top = top;
      if (same.frames > 10) resolve(Number(first?.dataset.seq));
      else requestAnimationFrame(frame);
    };
    frame();
  });
}

/** By how many pixels a message moves until the one before it is there, and 20 frames more. Runs in the page. */
function watchRow(seq: number): Promise<number> {
  const row = (of: number) => document.querySelector(`[aria-label="Messages"] [data-seq="${of}"]`);
  const tops: number[] = [];
  let after = 0;
  return new Promise((resolve) => {
    const frame = () => {
      tops.push(row(seq)?.getBoundingClientRect().top ?? Number.NaN);
      if (row(seq - 1)) after++;
      if (after > 20) resolve(Math.max(...tops) - Math.min(...tops));
      else requestAnimationFrame(frame);
    };
    frame();
  });
}
