import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../ids.ts";
import { type Caller, type Stack, startStack } from "../testing/stack.ts";

// Lists that grow without bound, each read by cursor forward and back, with others of its order and of another tenant beside them.

interface List {
  data: Record<string, unknown>[];
  nextCursor: string | null;
  prevCursor: string | null;
}

let stack: Stack;
let owner: Pool;
let key: Caller;
let ada: Caller;
let cleo: Caller;
let chatId: string;
const names = ["a", "b", "c", "d", "e"];
/** Two at one time, so that the second part of their order decides. */
const times = ["10:00:00.001", "10:00:00.002", "10:00:00.002", "10:00:00.003", "10:00:00.004"].map(
  (time) => `2026-01-01 ${time}Z`,
);
const mails = names.map(newId);

beforeAll(async () => {
  stack = await startStack();
  owner = new Pool({ connectionString: stack.database.ownerUrl, max: 1 });
  const acme = await stack.tenant("acme");
  key = acme.key();
  ada = acme.as("a");
  const { body } = await ada<{ id: string }>("POST", "/Chat", { memberUserIds: names.slice(1) });
  chatId = body.id;
  cleo = acme.as("cleo");
  for (const name of names) {
    expect((await cleo("POST", "/Chat", { name })).status).toBe(201);
    const news = { userId: "cleo", subject: name, message: "One" };
    expect((await key("POST", "/Notifications", news)).status).toBe(201);
  }
  await seed("acme");
  await stack.tenant("globex");
  await seed("globex");
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

/** What calls would leave in a tenant, at times that we know. */
async function seed(tenant: string) {
  const insert = (sql: string, ...values: unknown[]) => owner.query(sql, [tenant, ...values]);
  await insert("insert into topics select $1, unnest($2::text[]), 'One', now()", names);
  await insert("insert into topic_subscribers select $1, 'a', unnest($2::text[]), now()", names);
  await insert("insert into templates (tenant_id, name, title, latest) select $1, unnest($2::text[]), 'One', 1", names);
  await insert(
    `insert into suppressions (tenant_id, address, reason, created_at)
     select $1, name || '@example.com', 'manual', at from unnest($2::text[], $3::timestamptz[]) as r (name, at)`,
    names,
    times,
  );
  await insert(
    `insert into caught_mails (tenant_id, id, delivery_id, recipient, subject, raw)
     select $1, id, gen_random_uuid(), 'a@example.com', 'One', '' from unnest($2::uuid[]) as id`,
    tenant === "acme" ? mails : mails.map(newId),
  );
  for (const at of times) {
    const { rows } = await owner.query<{ id: string }>(
      "select id from graphile_worker.add_job('one', json_build_object('tenantId', $1::text), job_key => gen_random_uuid()::text)",
      [tenant],
    );
    await owner.query(
      "update graphile_worker._private_jobs set attempts = max_attempts, run_at = $2, updated_at = $2::timestamptz + interval '300 microseconds' where id = $1",
      [rows[0]?.id, at],
    );
  }
}

const mostNew = names.toReversed();
const lists: {
  list: string;
  path: () => string;
  idOf: string;
  ids?: string[];
  onward: "before" | "after";
  by?: () => Caller;
}[] = [
  { list: "chats", path: () => "/Chat", idOf: "name", ids: mostNew, onward: "before", by: () => cleo },
  { list: "an inbox", path: () => "/Notifications", idOf: "subject", ids: mostNew, onward: "before", by: () => cleo },
  { list: "notifications", path: () => "/admin/notifications", idOf: "subject", ids: mostNew, onward: "before" },
  { list: "members", path: () => `/admin/chats/${chatId}/members`, idOf: "userId", ids: names, onward: "after" },
  { list: "topics", path: () => "/admin/topics", idOf: "id", ids: names, onward: "after" },
  { list: "subscribers", path: () => "/admin/topics/a/subscribers", idOf: "userId", ids: names, onward: "after" },
  { list: "templates", path: () => "/admin/templates", idOf: "name", ids: names, onward: "after" },
  {
    list: "suppressions",
    path: () => "/admin/suppressions",
    idOf: "address",
    ids: mostNew.map((name) => `${name}@example.com`),
    onward: "before",
  },
  { list: "caught mails", path: () => "/admin/mail/caught", idOf: "id", ids: mails.toReversed(), onward: "before" },
  { list: "given-up jobs", path: () => "/admin/jobs/dead", idOf: "id", onward: "before" },
];

describe.each(lists)("$list", ({ path, idOf, ids, onward, by = () => key }) => {
  const read = async (asked: Record<string, string>) => {
    const { status, body } = await by()<List>("GET", `${path()}?${new URLSearchParams(asked)}`);
    expect(status).toBe(200);
    return { ...body, ids: body.data.map((row) => row[idOf]) };
  };

  test("are read by cursor as by page, forward to an end that says so, and back", async () => {
    const all = (await read({ pageSize: "50" })).ids;
    expect(all).toEqual(ids ?? expect.arrayContaining([expect.anything()]));
    expect(all).toHaveLength(5);
    const backward = onward === "before" ? "after" : "before";
    const first = await read({ limit: "2" });
    const second = await read({ limit: "2", [onward]: first.nextCursor ?? "" });
    const last = await read({ limit: "2", [onward]: second.nextCursor ?? "" });
    expect([first.ids, second.ids, last.ids]).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
    expect(last.nextCursor).toBeNull();
    const back = await read({ limit: "2", [backward]: last.prevCursor ?? "" });
    expect(back).toEqual(second);
    // Between two places, of many the nearest to the one that it is read from.
    const between = { [onward]: first.nextCursor ?? "", [backward]: last.prevCursor ?? "" };
    expect((await read({ limit: "1", ...between })).ids).toEqual([all[3]]);
    // A page that is just full is the last one too.
    expect((await read({ limit: "3", [onward]: first.nextCursor ?? "" })).nextCursor).toBeNull();
    const beginning = await read({ limit: "2", [backward]: first.prevCursor ?? "" });
    expect(beginning).toMatchObject({ ids: [], nextCursor: null, prevCursor: first.prevCursor });
  });

  test.each(["before", "after"])("are not read from a place that none can be: %s", async (side) => {
    for (const none of ["\u0000", "x".repeat(2000)]) {
      const place = new URLSearchParams({ [side]: none });
      expect(await by()("GET", `${path()}?${place}`)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
    }
  });
});

test("members read their chat's by cursor too, as ids or whole", async () => {
  const page = (query: string) => ada<List>("GET", `/Chat/${chatId}/members?limit=2&${query}`);
  expect((await page("after=b")).body).toEqual({ data: ["c", "d"], nextCursor: "d", prevCursor: "c" });
  expect((await page("after=d&expand=true")).body).toMatchObject({ data: [{ userId: "e" }], nextCursor: null });
});

test("what has the longest of names is gone on from, too", async () => {
  const address = `${"\u6e2f".repeat(240)}@pier.example`;
  await key("POST", "/admin/suppressions", { address });
  const { nextCursor } = (await key<List>("GET", "/admin/suppressions?limit=1")).body;
  const { status, body } = await key<List>("GET", `/admin/suppressions?limit=1&before=${nextCursor}`);
  expect([status, body.data[0]?.address]).toEqual([200, "e@example.com"]);
  await key("DELETE", `/admin/suppressions/${encodeURIComponent(address)}`);
});

test("suppressions go on within a search", async () => {
  const page = (query: string) => key<List>("GET", `/admin/suppressions?search=@EXAMPLE&limit=3${query}`);
  const { data, nextCursor } = (await page("")).body;
  const rest = (await page(`&before=${nextCursor}`)).body;
  expect([...data, ...rest.data].map(({ address }) => address)).toEqual(
    lists.find(({ list }) => list === "suppressions")?.ids,
  );
  expect((await key<List>("GET", "/admin/suppressions?search=b@&limit=3")).body.data).toHaveLength(1);
});
