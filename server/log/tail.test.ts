import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { storeMessage } from "../domain/messages/lane-store.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import type { LogEvent } from "../events.ts";
import { newId } from "../ids.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { Owner } from "../testing/chaos/owner.ts";
import { eventually } from "../testing/hub-client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { findReaderState, readEvents } from "./store.ts";
import { Tail } from "./tail.ts";

// `db` is the node whose tail is tested; `other` commits where this node hears of it only by a wake-up or the poll.

let database: TestDatabase;
let owner: Owner;
let db: Database;
let other: Database;
let tail: Tail;
let tenantId: TenantId;
let chatId: string;
let handed: Map<TenantId, LogEvent[]>;
let resets: TenantId[];
let errors: unknown[];
let made = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await Owner.open(database.ownerUrl);
  db = openDatabase({ url: database.runtimeUrl });
  other = openDatabase({ url: database.runtimeUrl });
});
afterAll(async () => {
  await Promise.all([db.close(), other.close(), owner.close()]);
  await database.drop();
});
beforeEach(async () => {
  handed = new Map();
  resets = [];
  errors = [];
  tail = new Tail(db.pool, {
    onEvents: (tenant, events) => void handed.set(tenant, [...(handed.get(tenant) ?? []), ...events]),
    onReset: (tenant) => void resets.push(tenant),
    onError: (error) => void errors.push(error),
  });
  ({ tenantId, chatId } = await makeTenant());
  await tail.follow(tenantId);
});
afterEach(() => expect(errors).toEqual([]));

async function makeTenant() {
  const tenant = await createTenant(db, "secret", { id: `tail-${made++}`, name: "Tail" });
  const [chat = ""] = await owner.makeChats(tenant.tenantId, 1, ["ada"]);
  return { tenantId: tenant.tenantId, chatId: chat };
}

async function send(count = 1, to = { tenantId, chatId }, by = other): Promise<void> {
  for (let i = 0; i < count; i++) {
    const message = { id: newId(), chatId: to.chatId, senderId: "ada", content: `${i}`, metadata: {} };
    await storeMessage(by, to.tenantId, { message, bodyHash: "" });
  }
}

const stored = (tenant = tenantId) => readEvents(db.pool, tenant, { after: 0, upto: 1e9, limit: 10_000 });

async function expectHanded(tenant = tenantId): Promise<void> {
  const all = await stored(tenant);
  await eventually(() => expect(handed.get(tenant)?.length).toBe(all.length));
  expect(handed.get(tenant)).toEqual(all);
}

test("what is offered out of order, twice or with a gap is handed on in order, once", async () => {
  await send(9);
  const events = await stored();
  for (const from of [3, 0, 0, 6, 3]) tail.offer(tenantId, events.slice(from, from + 3));
  await expectHanded();
  tail.offer(tenantId, events);
  await expectHanded();
});

test("what goes on from the cursor is handed on at once, in the turn of the offer", async () => {
  await send(2);
  tail.offer(tenantId, await stored());
  expect(handed.get(tenantId)).toHaveLength(2);
});

test("a wake-up during a read is not lost", async () => {
  for (let round = 1; round <= 150; round++) {
    await send();
    tail.wake(tenantId);
    await send();
    tail.wake(tenantId);
    await eventually(() => expect(tail.cursorOf(tenantId)?.position).toBe(round * 2));
  }
  await expectHanded();
});

test("without any wake-up the poll brings it; more than a page, too", async () => {
  await owner.client.query(
    `insert into events (tenant_id, position, type, chat_id, payload, at)
     select $1, i, 'chat.updated', $2, '{}', now() from generate_series(1, 1234) i`,
    [tenantId, chatId],
  );
  await owner.client.query("update tenant_log set position = 1234 where tenant_id = $1", [tenantId]);
  expect(handed.size).toBe(0);
  await tail.poll();
  await expectHanded();
});

test("two tenants never mix, whoever commits and in whatever order", async () => {
  const second = await makeTenant();
  await tail.follow(second.tenantId);
  db.onCommit((tenant, events) => tail.offer(tenant, events));
  const writers = [{ tenantId, chatId }, second].flatMap((to) => [send(40, to, db), send(40, to, other)]);
  await Promise.all(writers);
  await tail.poll();
  for (const tenant of [tenantId, second.tenantId]) {
    await expectHanded(tenant);
    expect(handed.get(tenant)).toHaveLength(80);
    expect(new Set(handed.get(tenant)?.map((event) => event.tenantId))).toEqual(new Set([tenant]));
  }
});

test("reach waits for exactly what somebody has seen", async () => {
  await send(30);
  const state = await findReaderState(db.pool, tenantId);
  if (!state) throw new Error("no log");
  await tail.reach(tenantId, state);
  expect(tail.cursorOf(tenantId)?.position).toBe(30);
  await tail.reach(tenantId, state);
  expect(handed.get(tenantId)).toHaveLength(30);
});

test("a log of another epoch, one that lost commits and one whose past is gone make a reset, and nothing is handed on", async () => {
  const change = (sql: string) => owner.client.query(sql, [tenantId]);
  const breaks = [
    () => change("update tenant_log set epoch = epoch + 1, position = position + 3 where tenant_id = $1"),
    () => change("update tenant_log set position = position - 1 where tenant_id = $1"),
    async () => {
      await send(3);
      await change("update tenant_log set floor = position - 1 where tenant_id = $1");
      await change(
        "delete from events where tenant_id = $1 and position < (select max(position) from events where tenant_id = $1)",
      );
    },
  ];
  for (const happen of breaks) {
    ({ tenantId, chatId } = await makeTenant());
    await tail.follow(tenantId);
    await send(2);
    await tail.poll();
    await eventually(() => expect(handed.get(tenantId)).toHaveLength(2));
    await happen();
    for (let i = 0; i < 10; i++) await tail.poll(); // a tenant that is quiet has its turn every tenth time
    await eventually(() => expect(resets).toContain(tenantId));
    expect(handed.get(tenantId)).toHaveLength(2);
    expect(tail.cursorOf(tenantId)).toBeUndefined();
  }
});

test("reach of a head of another epoch resets at once", async () => {
  await expect(tail.reach(tenantId, { position: 0, epoch: 1 })).rejects.toMatchObject({ code: "unavailable" });
  expect(resets).toEqual([tenantId]);
});

test("a read that fails is taken up again by the poll", async () => {
  await send();
  await owner.client.query("alter function read_events_v1(text, bigint, bigint, int) rename to read_events_gone");
  tail.wake(tenantId);
  await eventually(() => expect(errors).toHaveLength(1));
  await owner.client.query("alter function read_events_gone(text, bigint, bigint, int) rename to read_events_v1");
  errors = [];
  await tail.poll();
  await expectHanded();
});
