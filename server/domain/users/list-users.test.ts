import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { User } from "./schema.ts";

interface Page {
  data: User[];
  totalCount: number;
  hasNextPage: boolean;
  nextCursor: string | null;
  prevCursor: string | null;
}

let stack: Stack;
let tenant: TestTenant;
const newestFirst = Array.from({ length: 25 }, (_, n) => `user-${String(24 - n).padStart(2, "0")}`);

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  // Several of one moment: the order must hold between them too.
  const rows = newestFirst.map((id, n) => ({
    tenantId: "acme",
    id,
    createdAt: new Date(1_700_000_000_000 - Math.floor(n / 4) * 1000),
  }));
  await stack.api.services.db.forTenant(tenant.tenantId).user.createMany({ data: rows });
});
afterAll(() => stack.close());

const list = (query = "") => tenant.key()<Page>("GET", `/admin/users${query}`);
const idsOf = ({ body }: { body: Page }) => body.data.map(({ userId }) => userId);

describe("succeeds", () => {
  test("in pages, newest first", async () => {
    const pages = [await list(), await list("?pageNumber=2"), await list("?pageNumber=3"), await list("?pageNumber=4")];
    expect(pages.flatMap(idsOf)).toEqual(newestFirst);
    expect(pages[2]?.body).toMatchObject({ totalCount: 25, hasNextPage: false });
    expect(idsOf(pages[3]!)).toEqual([]);
  });

  test("by cursor, on to the end and back to the start", async () => {
    const forth: string[] = [];
    let page = await list("?limit=7");
    for (;;) {
      forth.push(...idsOf(page));
      if (page.body.nextCursor === null) break;
      page = await list(`?limit=7&before=${page.body.nextCursor}`);
    }
    expect(forth).toEqual(newestFirst);
    const back = await list(`?limit=200&after=${page.body.prevCursor}`);
    expect([...idsOf(back), ...idsOf(page)]).toEqual(newestFirst);
    const near = await list(`?limit=2&after=${page.body.prevCursor}`);
    expect(idsOf(near)).toEqual(idsOf(back).slice(-2));
  });

  test("of a search those that have it in their id, name or address as it stands, in either case", async () => {
    const initech = await stack.tenant("initech");
    for (const [id, email] of [
      ["ann_lee", "ann@example.com"],
      ["ann-lee", "lee@example.com"],
      ["100%", "ANN_LEE@example.com"],
      ["back\\slash", "x@example.com"],
    ])
      await initech.key()("PUT", `/Users/${encodeURIComponent(id ?? "")}`, { email });
    const find = async (search: string) =>
      idsOf(await initech.key()<Page>("GET", `/admin/users?search=${encodeURIComponent(search)}`)).sort();
    expect(await find("Ann_")).toEqual(["100%", "ann_lee"]);
    expect(await find("%")).toEqual(["100%"]);
    expect(await find("k\\s")).toEqual(["back\\slash"]);
    expect(await find("nn-L")).toEqual(["ann-lee"]);
  });

  test("for an Admin, and shows nothing of another tenant", async () => {
    expect((await tenant.as("user-00", ["Admin"])<Page>("GET", "/admin/users")).body.totalCount).toBe(25);
    const other = await stack.tenant("globex");
    expect((await other.key()<Page>("GET", "/admin/users")).body.data).toEqual([]);
  });
});

describe("refuses", () => {
  test("cursors not made here with 400", async () => {
    const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const cursor of [
      "x",
      made([]),
      made(["a", "b"]),
      made([1, "a\u0000"]),
      made([1e300, "a"]),
      made([8.64e15, "a"]),
      made([-1, "a"]),
      "%00",
    ]) {
      expect(await list(`?before=${cursor}`)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
    }
  });

  test("users with 403", async () => {
    expect((await tenant.as("ada")("GET", "/admin/users")).status).toBe(403);
  });
});
