import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstIdAt } from "../../ids.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Notification } from "./schema.ts";

interface Page {
  data: Notification[];
  totalCount: number;
  hasNextPage: boolean;
  nextCursor: string | null;
  prevCursor: string | null;
}

let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let pg: Client;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
  pg = new Client({ connectionString: stack.database.ownerUrl });
  await pg.connect();
});
afterAll(async () => {
  await pg.end();
  await stack.close();
});

/** A list to its end in pages, from the newest down by `before`, and up from a cursor below all by `after`; newest first each. */
async function everyForm(caller: Caller, query: string, start: string): Promise<string[][]> {
  const read = async (more: string) => {
    const { body } = await caller<Page>("GET", `/Notifications?${query}&${more}`);
    return { ...body, ids: body.data.map(({ id }) => id) };
  };
  const [pages, down, up] = [[], [], []] as [string[], string[], string[]];
  for (let number = 1, more = true; more; number++) {
    const page = await read(`pageNumber=${number}&pageSize=3`);
    pages.push(...page.ids);
    more = page.hasNextPage;
    if (!more) expect(page.totalCount).toBe(pages.length);
  }
  for (let next: string | null = "limit=3"; next !== null; ) {
    const part: Awaited<ReturnType<typeof read>> = await read(next);
    down.push(...part.ids);
    next = part.nextCursor && `limit=3&before=${part.nextCursor}`;
  }
  for (let from = start; ; ) {
    const part = await read(`limit=3&after=${from}`);
    if (part.ids.length === 0) return [pages, down, up];
    up.unshift(...part.ids);
    from = part.prevCursor ?? "";
  }
}

test("a list by every filter and in every form is what a plain filter of all rows is", async () => {
  const userId = "ada";
  const call = tenant.as(userId);
  const create = async (body: object) => (await key<Notification>("POST", "/Notifications", body)).body.id;
  const anchor = await create({ userId, subject: "below all", message: "m" });
  const start = (await call<Page>("GET", "/Notifications?limit=1")).body.prevCursor ?? "";
  await call("DELETE", `/Notifications/${anchor}`);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const news = Array.from({ length: 19 }, (_, n) => ({
    ...{ userId, subject: `s${n}`, message: "m", type: n % 3 ? "Odd" : "Even", priority: n % 4 },
    ...(n < 14 ? {} : { scheduledFor: until }),
  }));
  const made: string[] = [];
  for (const one of news) made.push(await create(one));
  const put = (n: number, what: string, body: unknown = "") => call("PUT", `/Notifications/${made[n]}/${what}`, body);
  for (const n of [0, 1, 5, 9]) await put(n, "read");
  for (const n of [1, 2, 6, 10]) await put(n, "archive");
  for (const n of [3, 6, 7, 11]) await put(n, "snooze", { until });
  const { rows } = await pg.query("select * from notifications where tenant_id = 'acme' and user_id = $1", [userId]);
  type Row = (typeof rows)[number];
  const since: Date = rows.find(({ id }) => id === made[4]).visible_at;
  const expected = (keeps: (row: Row) => boolean) =>
    made.toReversed().filter((id) => rows.some((row) => row.id === id && keeps(row)));
  const filters: [query: string, keeps: (row: Row) => boolean][] = [
    ["", () => true],
    ["unreadOnly=true", (row) => !row.read_at],
    ["type=Even", (row) => row.type === "Even"],
    ["priority=2", (row) => row.priority === 2],
    [`since=${since.toISOString()}`, (row) => row.visible_at >= since],
    ["type=Odd&unreadOnly=true&priority=High", (row) => row.type === "Odd" && !row.read_at && row.priority === 2],
  ];
  const kinds = [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ];
  for (const [place, [filter, keeps]] of filters.entries())
    for (const [archived, snoozed] of place > 1 ? [[false, false]] : kinds) {
      const query = `${filter}&archived=${archived}&snoozed=${snoozed}`;
      const wanted = expected(
        (row) =>
          row.status === "visible" &&
          Boolean(row.archived_at) === archived &&
          Boolean(row.snoozed_until) === snoozed &&
          keeps(row),
      );
      expect([query, await everyForm(call, query, start)]).toEqual([query, [wanted, wanted, wanted]]);
    }
  await key("DELETE", `/Notifications/${made[15]}`);
  for (const [query, wanted] of [
    ["status=scheduled", [18, 17, 16, 14]],
    ["status=scheduled&type=Even", [18]],
    ["status=cancelled", [15]],
  ] as const) {
    const listed = wanted.map((n) => made[n]);
    const told = await everyForm(key, `${query}&userId=${userId}`, anchor);
    expect([query, told]).toEqual([query, [listed, listed, listed]]);
  }
}, 150_000);

test("a list by when they appeared has what was made long before, but neither what waits nor what went to no inbox", async () => {
  const userId = "bea";
  const ids: string[] = [];
  for (const more of [{}, {}, {}, {}, {}, { scheduledFor: "2980-01-01T00:00:00Z" }]) {
    const { body } = await key<Notification>("POST", "/Notifications", { userId, subject: "s", message: "m", ...more });
    ids.push(body.id);
  }
  const set = (n: number, what: string) => pg.query(`update notifications set ${what} where id = $1`, [ids[n]]);
  const [hour, longAgo] = [3_600_000, "now() - interval '10 days'"];
  const { rows } = await pg.query<{ now: Date }>("select now()");
  const since = (rows[0]?.now.getTime() ?? 0) - hour;
  const early = firstIdAt(since - 240 * hour);
  await set(0, `created_at = ${longAgo}, visible_at = ${longAgo}`);
  await set(1, `id = '${early}', created_at = ${longAgo}, scheduled_for = now(), visible_at = now()`);
  await set(2, "archived_at = visible_at");
  await tenant.as(userId)("PUT", `/Notifications/${ids[3]}/archive`);
  const moment = new Date(since).toISOString();
  const appeared = async (more = "") => {
    const { body } = await key<Page>("GET", `/admin/notifications?visibleSince=${moment}&userId=${userId}${more}`);
    return [body.totalCount, ...body.data.map(({ id }) => id)];
  };
  expect(await appeared()).toEqual([3, ids[4], ids[3], early]);
  expect(await appeared(`&until=${moment}`)).toEqual([1, early]);
  expect(await appeared("&status=scheduled")).toEqual([0]);
});
