import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retainMail } from "../../jobs/store.ts";
import type { Database } from "../../persistence/database.ts";
import { holdMails } from "../../testing/held-mails.ts";
import { pagesRead } from "../../testing/pages-read.ts";
import { type Stack, startStack } from "../../testing/stack.ts";
import { runDigests } from "./run-digests.ts";
import { findDue } from "./store.ts";

let stack: Stack;
let db: Database;
let owner: Client;
const now = new Date("2026-07-02T05:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const people = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);

beforeAll(async () => {
  stack = await startStack();
  db = stack.api.services.db;
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

async function tenantOfMail(name: string) {
  const tenant = await stack.tenant(name);
  await tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { channels: { email: true } } } });
  return tenant.tenantId;
}

test("what is due is found without what waits on, the longest due first", async () => {
  const tenantId = await tenantOfMail("waiting");
  const waiting = people(3000).map((userId) => ({ userId, until: new Date("2099-01-01T00:00:00Z") }));
  await holdMails(db, tenantId, waiting, now);
  const due = people(3).map((userId, n) => ({ userId, until: ago(n) }));
  await holdMails(db, tenantId, due, now);
  await owner.query("analyze deliveries");
  const look = { now, after: undefined, limit: 50 };
  const pages = await pagesRead(db, tenantId, "deliveries", async (tx) =>
    expect((await findDue(tx, tenantId, look)).map(({ userId }) => userId)).toEqual(["p2", "p1", "p0"]),
  );
  expect(pages).toBeLessThan(20);
});

test("more than a look holds is let go, one mail a reader, in one run or the next", { timeout: 120_000 }, async () => {
  const tenantId = await tenantOfMail("many");
  await holdMails(
    db,
    tenantId,
    [...people(520), ...people(40)].map((userId) => ({ userId })),
    ago(1),
  );
  await runDigests(db, tenantId, { now });
  const again = "select from graphile_worker.jobs where key = $1";
  expect((await owner.query(again, [`digests:${tenantId}:${now.getTime()}`])).rowCount).toBe(1);
  await runDigests(db, tenantId, { now });
  const rows = await db.forTenant(tenantId).delivery.findMany({ where: { status: "queued" } });
  expect(rows.map(({ userId }) => userId).toSorted()).toEqual(people(520).toSorted());
});

test("a digest that fails, of however many mails that are due the longest, holds up no other reader's; the job fails, and is made up for", async () => {
  const tenantId = await tenantOfMail("failing");
  const ofBroken = Array.from({ length: 510 }, () => ({ userId: "broken", until: ago(2) })); // more than a run has looks for
  await holdMails(db, tenantId, [...ofBroken, ...people(3).map((userId) => ({ userId }))], ago(1));
  const queued = async () => {
    const rows = await db.forTenant(tenantId).delivery.findMany({ where: { status: "queued" } });
    return rows.map(({ kind, userId }) => `${kind} ${userId}`).toSorted();
  };
  const others = people(3).map((userId) => `notification ${userId}`);
  await owner.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a broken row'; end $$;
    create trigger refuse before insert on deliveries for each row when (new.user_id = 'broken') execute function refuse()`);
  const failed = await runDigests(db, tenantId, { now }).catch((error: unknown) => error);
  await owner.query("drop trigger refuse on deliveries; drop function refuse()");
  expect(await queued()).toEqual(others);
  expect(failed).toMatchObject({
    message: "digests failed for 1 readers",
    errors: [{ message: expect.stringContaining("a broken row") }],
  });
  await runDigests(db, tenantId, { now });
  expect(await queued()).toEqual(["digest broken", ...others]);
});

test("what went into a digest is kept until that has gone out, however long it waits", async () => {
  const tenantId = await tenantOfMail("patient");
  await holdMails(
    db,
    tenantId,
    [1, 2].map(() => ({ userId: "ada", status: "folded" as const })),
    ago(1),
  );
  await runDigests(db, tenantId, { now });
  const kept = async () => {
    const old = "now() - interval '100 days'";
    await owner.query(`update deliveries set created_at = ${old}, updated_at = ${old} where tenant_id = $1`, [
      tenantId,
    ]);
    const before = new Date(Date.now() - 90 * 24 * 60 * 60_000);
    await retainMail(db.pool, tenantId, { caught: before, settled: before, limit: 1000 });
    const { rows } = await owner.query("select kind from deliveries where tenant_id = $1 order by 1", [tenantId]);
    return rows.map(({ kind }) => kind);
  };
  expect(await kept()).toEqual(["digest", "notification", "notification"]);
  await owner.query("update deliveries set status = 'sent' where tenant_id = $1 and kind = 'digest'", [tenantId]);
  expect(await kept()).toEqual([]);
});
