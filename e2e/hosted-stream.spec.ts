import { expect, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted } from "./people.ts";

test.use({ contextOptions: {} }); // with all that moves, as most people have it

test("in a chat that goes on and on one stays at the newest; what was let go of far above comes in again", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const { id } = await makeGroup(unheard("Stream"), "carla", "emma");
  const emma = await openHosted(browser, "emma", id);
  const { page } = emma;
  const earlier: number[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    const before = pathname.endsWith("/messages") ? searchParams.get("before") : null;
    if (before !== null) earlier.push(Number(before));
  });
  const message = (seq: number) => emma.messages.locator(`[data-seq="${seq}"]`);
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      Array.from({ length: 90 }, (_, at) => callAs("carla", "POST", `/Chat/${id}/messages`, { content: `Line ${at}` })),
    );
    await expect(message(90 * (round + 1))).toBeInViewport();
  }
  const read = async () => (await callAs<{ lastReadSeq: number }>("emma", "GET", `/Chat/${id}`)).lastReadSeq;
  await expect.poll(read).toBe(540);
  await expect(message(540)).toBeInViewport();
  const toTop = () => emma.messages.evaluate(scrollToTop);
  await expect.poll(toTop, { timeout: 60_000, intervals: [250] }).toBe(1);
  expect(earlier[0], "what was let go of is asked for first").toBeGreaterThan(200);
  expect(emma.noise).toEqual([]);
  await page.context().close();
});

test("where a message comes all the time, what is on the screen is read all the same", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Busy"), "carla", "emma");
  const emma = await openHosted(browser, "emma", id);
  const read = async () => (await callAs<{ lastReadSeq: number }>("emma", "GET", `/Chat/${id}`)).lastReadSeq;
  let isDone = false;
  const stream = async () => {
    for (let at = 1; !isDone; at++) await callAs("carla", "POST", `/Chat/${id}/messages`, { content: `Line ${at}` });
  };
  const streaming = stream();
  await expect.poll(read).toBeGreaterThan(0);
  isDone = true;
  await streaming;
  expect(emma.noise).toEqual([]);
  await emma.page.context().close();
});

/** Gives the oldest message that is in the page. */
function scrollToTop(list: Element): number {
  if (list.parentElement) list.parentElement.scrollTop = 0;
  return Math.min(...Array.from(list.querySelectorAll("[data-seq]"), (row) => Number(row.getAttribute("data-seq"))));
}
