import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { readVisibleEvents } from "./store.ts";

let database: TestDatabase;
let db: Database;
let owner: pg.Client;
let tenantId: TenantId;
let made = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
beforeEach(async () => {
  tenantId = (await createTenant(db, "test", { id: `log-${made++}`, name: "Log" })).tenantId;
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await database.drop();
});

const chatOf = (expression: string) => `md5((${expression})::text)::uuid`;

/** A log of so many events, spread over chats; every hundredth one is the user's own. */
async function fill(events: number, chats: number): Promise<void> {
  await owner.query(
    `insert into events (tenant_id, position, type, chat_id, user_id, payload, at)
     select $1, i, 'message.created', case when i % 100 = 0 then null else ${chatOf("i % $3")} end,
       case when i % 100 = 0 then 'ada' end, '{}', now() from generate_series(1, $2::int) i`,
    [tenantId, events, chats],
  );
  await owner.query(
    `insert into chat_heads (tenant_id, chat_id, last_position) select $1, ${chatOf("c")}, $3 from generate_series(0, $2::int - 1) c`,
    [tenantId, chats, events],
  );
  await owner.query("update tenant_log set position = $2 where tenant_id = $1", [tenantId, events]);
}

async function addSpans(count: number, span: { from: string; to: string }): Promise<void> {
  await owner.query(
    `insert into membership_spans (tenant_id, chat_id, user_id, from_position, to_position)
     select $1, ${chatOf("c")}, 'ada', ${span.from}, ${span.to} from generate_series(0, $2::int - 1) c`,
    [tenantId, count],
  );
}

const read = (after: number, limit: number, upto = 1_000_000) =>
  readVisibleEvents(db.pool, tenantId, "ada", { after, upto, limit });

/** The rule in its shortest form. */
async function bruteForce(after: number, limit: number, upto = 1_000_000): Promise<number[]> {
  const { rows } = await owner.query<{ position: number }>(
    `select position::int from events e where tenant_id = $1 and position > $2 and position <= $4 and (user_id = 'ada' or exists (
       select 1 from membership_spans s where s.tenant_id = $1 and s.user_id = 'ada' and s.chat_id = e.chat_id
         and e.position >= s.from_position and (s.to_position is null or e.position <= s.to_position)))
     order by position limit $3`,
    [tenantId, after, limit, upto],
  );
  return rows.map(({ position }) => position);
}

test.each([
  ["few open spans", 300, 8, { from: "c * 7", to: "null" }],
  ["few closed spans", 300, 8, { from: "c * 100", to: "c * 100 + 2000" }],
  ["many spans with much to see", 90, 80, { from: "c", to: "case when c % 3 > 0 then c * 200 + 500 end" }],
  ["many closed spans with little to see", 400, 200, { from: "25000 + c * 10", to: "25000 + c * 10 + 300" }],
])("%s: pages hold what the rule says, and no page misses any of it", async (_name, chats, spans, span) => {
  await fill(40_000, chats);
  await addSpans(spans, span);
  for (const [after, limit, upto] of [
    [0, 1],
    [0, 100],
    [12_345, 500],
    [24_990, 37, 26_000],
    [39_990, 100],
  ] as const) {
    const positions = (await read(after, limit, upto)).map(({ position }) => position);
    expect(positions, `after ${after}`).toEqual(await bruteForce(after, limit, upto));
  }
});

test("a page costs by the user's spans, not by the log it looks over", async () => {
  await fill(200_000, 1000);
  await owner.query("delete from events where tenant_id = $1 and user_id = 'ada'", [tenantId]);
  await addSpans(60, { from: "199000", to: "200000" });
  const client = await db.pool.connect();
  const fetched = async () => {
    const { rows } = await client.query<{ n: number }>(
      "select (seq_tup_read + idx_tup_fetch)::int as n from pg_stat_xact_user_tables where relname = 'events'",
    );
    return rows[0]?.n ?? 0;
  };
  await client.query("begin");
  const before = await fetched(); // what the connection read for the tests before may not have been booked yet
  const { rows } = await client.query("select pos from read_visible_events_v1($1, 'ada', 1, 200000, 100)", [tenantId]);
  const read = (await fetched()) - before;
  await client.query("rollback");
  client.release();
  expect(rows).toHaveLength(59); // one of the chats has only the deleted ones
  expect(read).toBeLessThan(25_000);
});

test("what retention has cut off is told, never served in part", async () => {
  await fill(1000, 10);
  await addSpans(10, { from: "0", to: "null" });
  await owner.query("delete from events where tenant_id = $1 and position <= 500", [tenantId]);
  await owner.query("update tenant_log set floor = 500 where tenant_id = $1", [tenantId]);
  await expect(read(499, 10)).rejects.toMatchObject({ code: "cursor_expired" });
  const all = readVisibleEvents(db.pool, tenantId, undefined, { after: 499, upto: 1000, limit: 10 });
  await expect(all).rejects.toMatchObject({ code: "cursor_expired" });
  expect((await read(500, 10)).map(({ position }) => position)).toEqual(await bruteForce(500, 10));
});
