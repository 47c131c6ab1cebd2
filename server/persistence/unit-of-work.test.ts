import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { toDomainError } from "../errors.ts";
import { newId } from "../ids.ts";
import { Owner } from "../testing/chaos/owner.ts";
import { eventually } from "../testing/hub-client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { sessionsWaiting } from "../testing/sessions-waiting.ts";
import { type Database, openDatabase } from "./database.ts";
import { HeldAnswer, type IdempotentCall } from "./idempotency.ts";
import { findHeldAnswer, maxEventsAStep, unitOfWork, type Work } from "./unit-of-work.ts";

let database: TestDatabase;
let owner: Owner;
let db: Database;
let tenantId: TenantId;
let chatId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await Owner.open(database.ownerUrl);
  db = openDatabase({ url: database.runtimeUrl });
  ({ tenantId } = await createTenant(db, "secret", { id: "one", name: "One" }));
  [chatId = ""] = await owner.makeChats(tenantId, 1, ["ada"]);
});
afterAll(async () => {
  await Promise.all([db.close(), owner.close()]);
  await database.drop();
});

const rename =
  (name: string, then: (work: Work) => Promise<unknown> = async () => {}) =>
  async (work: Work) => {
    const where = { tenantId_id: { tenantId, id: chatId } };
    await work.tx.chat.update({ where, data: { name } });
    await work.lockHead();
    work.emit({ type: "chat.updated", chatId, payload: { id: chatId, name } });
    await then(work);
    return { name };
  };

async function stored(): Promise<unknown> {
  const { rows } = await owner.client.query(
    `select c.name, l.position::int from chats c join tenant_log l using (tenant_id) where c.id = $1`,
    [chatId],
  );
  return rows[0];
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "ok",
    (error) => toDomainError(error).code,
  );
}

function newCall(): IdempotentCall {
  const plain = (value: unknown) => value;
  return { key: newId(), scope: "s", bodyHash: "b", status: 200, seal: plain, open: plain };
}

const loseConnection = async () => {
  await owner.terminate("parley");
  await sleep(50);
};

/** Cuts the connections as soon as one of them waits for a lock. */
async function loseOneThatWaits(): Promise<void> {
  await eventually(async () => expect(await sessionsWaiting(owner.client)).toBe(1));
  await owner.terminate("parley");
}

test("a connection lost before the commit: nothing is stored, and that is said", async () => {
  const before = await stored();
  const queryAfter = rename("lost", async ({ tx }) => {
    await loseConnection();
    await tx.chat.count();
  });
  expect(await codeOf(unitOfWork(db, tenantId, queryAfter))).toBe("unavailable");
  const inFlight = rename("lost", async ({ tx }) => {
    const cut = loseOneThatWaits();
    await tx.$queryRaw`select pg_advisory_xact_lock(7)::text`.finally(() => cut);
  });
  await owner.client.query("select pg_advisory_lock(7)");
  expect(await codeOf(unitOfWork(db, tenantId, inFlight))).toBe("unavailable");
  await owner.client.query("select pg_advisory_unlock(7)");
  expect(await stored()).toEqual(before);
});

test("a connection lost at the commit: the outcome is not known, and a repeat with the same key settles it", async () => {
  const call = newCall();
  await owner.client.query(`
    create function dawdle() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return null; end $$;
    create constraint trigger dawdle after update on chats deferrable initially deferred for each row
      when (new.name = 'unknown') execute function dawdle()`);
  await owner.client.query("select pg_advisory_lock(7)");
  const cut = loseOneThatWaits(); // while the commit is under way
  expect(await codeOf(unitOfWork(db, tenantId, rename("unknown"), call))).toBe("outcome-unknown");
  await cut;
  await owner.client.query("select pg_advisory_unlock(7)");
  // The pool may still lend out a connection that is dying.
  await eventually(async () =>
    expect(await unitOfWork(db, tenantId, rename("known"), call)).toEqual({ name: "known" }),
  );
  expect(await unitOfWork(db, tenantId, rename("never"), call)).toEqual(new HeldAnswer(200, { name: "known" }));
  expect(await stored()).toMatchObject({ name: "known" });
});

test("who looks for a key behind the head holds it no longer, and many may look at once", async () => {
  const call = newCall();
  await unitOfWork(db, tenantId, rename("held"), call);
  const rival = await Owner.open(database.ownerUrl);
  await rival.client.query("begin; lock table idempotency_keys");
  const looks = Array.from({ length: 4 }, () => findHeldAnswer(db, tenantId, call, { behindHead: true }));
  await eventually(async () => expect(await sessionsWaiting(owner.client)).toBe(4));
  const free = "select 1 from tenant_log where tenant_id = $1 for update skip locked";
  const head = await rival.client.query(free, [tenantId]);
  await rival.client.query("commit");
  await rival.close();
  expect(await Promise.all(looks)).toEqual(Array(4).fill(new HeldAnswer(200, { name: "held" })));
  expect(head.rowCount).toBe(1);
});

test("a statement that the server gives up on is unavailable, not a fault of ours", async () => {
  const before = await stored();
  const slow = rename("slow", async ({ tx }) => {
    await tx.$executeRaw`set local statement_timeout = 50`;
    await tx.$queryRaw`select pg_sleep(5)::text`;
  });
  expect(await codeOf(unitOfWork(db, tenantId, slow))).toBe("unavailable");
  expect(await stored()).toEqual(before);
});

test("what throws stores nothing; an event needs the head; a step has its bound", async () => {
  const before = await stored();
  const fails: ((work: Work) => Promise<unknown>)[] = [
    rename("failed", () => Promise.reject(new Error("no"))),
    async ({ emit }) => emit({ type: "chat.updated", payload: {} }),
    rename("wide", async ({ emit }) => {
      for (let i = 0; i < maxEventsAStep; i++) emit({ type: "chat.updated", chatId, payload: {} });
    }),
  ];
  for (const work of fails) await expect(unitOfWork(db, tenantId, work)).rejects.toThrow();
  expect(await stored()).toEqual(before);
});

test("a listener of commits that fails does not make the caller believe that nothing was stored", async () => {
  const other = openDatabase({ url: database.runtimeUrl });
  const heard: number[] = [];
  other.onCommit(() => {
    throw new Error("a listener's own fault");
  });
  other.onCommit((_tenant, events) => void heard.push(events.length));
  expect(await unitOfWork(other, tenantId, rename("kept"))).toEqual({ name: "kept" });
  expect(heard).toEqual([1]);
  await other.close();
});
