import { expect, test } from "./journey.ts";
import { productUrl } from "./people.ts";
import { look } from "./visitor.ts";

// Only on Linux a machine has more addresses of its own than one.
test.skip(process.platform !== "linux", "two visitors need an address each");

test("each visitor of the console has a rate of their own, though its pages ask through us", async () => {
  const [mine, other] = ["127.0.0.9", "127.0.0.10"];
  const [page, account] = [`${productUrl()}/t/demo`, `${productUrl()}/api/trpc/account.get`];
  expect(await look(page, mine)).toBe(200);
  let isOver = false;
  const flood = Array.from({ length: 8 }, async () => {
    while (!isOver) await look(account, mine);
  });
  try {
    await expect.poll(() => look(page, mine)).toBe(500);
    expect(await look(page, other)).toBe(200);
  } finally {
    isOver = true;
    await Promise.all(flood);
  }
});
