import { expect, test } from "vitest";
import { loadPublished } from "./load-published.ts";

test("every published template of a tenant is there, also behind the first page, by title", async () => {
  const all = Array.from({ length: 500 }, (_, n) => ({
    ...{ name: `t${String(n).padStart(3, "0")}`, title: `Title ${499 - n}`, createdAt: "", updatedAt: "" },
    ...(n % 2 === 0 ? { published: 1 } : {}),
  }));
  const asked: unknown[] = [];
  const found = await loadPublished(async ({ after, limit = 0 }) => {
    asked.push(after);
    const from = after === undefined ? 0 : all.findIndex(({ name }) => name > after);
    const data = all.slice(from, from + limit);
    const isLast = from + limit >= all.length;
    return { data: data as never, nextCursor: isLast ? null : (data.at(-1)?.name ?? null), prevCursor: null };
  });
  expect(asked).toEqual([undefined, "t199", "t399"]);
  expect(new Set(found.map(({ name }) => name)).size).toBe(250);
  expect(found[0]?.title).toBe("Title 1");
});
