import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { addMembers, removeMember } from "../domain/members/store.ts";
import { storeMessage } from "../domain/messages/lane-store.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { newId } from "../ids.ts";
import { Cursors } from "../log/cursor.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { unitOfWork } from "../persistence/unit-of-work.ts";
import { Owner } from "../testing/chaos/owner.ts";
import { eventually } from "../testing/hub-client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { RecordingSink } from "../testing/recording-sink.ts";
import { Hub } from "./hub.ts";

let database: TestDatabase;
let owner: Owner;
let db: Database;
let other: Database;
let hub: Hub;
let tenantId: TenantId;
let chatId: string;
let errors: unknown[];
let made = 0;
const cursors = new Cursors("secret");

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await Owner.open(database.ownerUrl);
  other = openDatabase({ url: database.runtimeUrl });
});
afterAll(async () => {
  await Promise.all([other.close(), owner.close()]);
  await database.drop();
});
beforeEach(async () => {
  errors = [];
  db = openDatabase({ url: database.runtimeUrl });
  hub = new Hub({ db, cursors, onError: (error) => void errors.push(error), patience: 1000 });
  ({ tenantId } = await createTenant(db, "secret", { id: `hub-${made++}`, name: "Hub" }));
  [chatId = ""] = await owner.makeChats(tenantId, 1, ["ada", "ben"]);
  const { close } = db;
  return () => close();
});

/** Sends from the node of the hub, or from another one. */
async function send(count: number, how: { by?: Database; clientHash?: string; to?: string } = {}) {
  const { by = db, clientHash, to = chatId } = how;
  for (let i = 0; i < count; i++) {
    const message = { id: newId(), chatId: to, senderId: "ada", content: `${i}`, metadata: {} };
    await storeMessage(by, tenantId, { message, bodyHash: "", clientHash });
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("resume while both nodes write: everything after the cursor in order, no gap, no repeat, then a position", async () => {
  await send(700);
  const writing = [send(300), send(300, { by: other })];
  const readers = await Promise.all(
    [0, 250, 650, 699].map(async (from) => {
      const sink = new RecordingSink();
      const state = { epoch: await epoch(), position: from };
      const since = cursors.encode(tenantId, state.epoch, state.position);
      await hub.subscribe({ tenantId, userId: "ben", since, sink });
      expect(sink.told).toHaveLength(1);
      return { from, sink };
    }),
  );
  const poll = setInterval(() => hub.wake(tenantId), 5);
  await Promise.all(writing);
  for (const { from, sink } of readers) {
    await eventually(() => expect(sink.positions.at(-1)).toBe(1300));
    expect(sink.positions).toEqual(range(from + 1, 1300));
    expect(sink.resyncs).toEqual([]);
  }
  clearInterval(poll);
});

test("who comes without a cursor is told its position before anything happens, and misses nothing from there", async () => {
  await send(3);
  const sink = new RecordingSink();
  const reader = await hub.subscribe({ tenantId, userId: "ben", sink });
  expect([sink.positions, sink.told]).toEqual([[], [cursors.encode(tenantId, await epoch(), 3)]]);
  reader.close();
  await send(2);
  const back = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ben", since: sink.told[0], sink: back });
  expect(back.positions).toEqual([4, 5]);
});

async function epoch(): Promise<number> {
  const { rows } = await db.pool.query("select epoch from reader_state_v1($1, null)", [tenantId]);
  return rows[0].epoch;
}

test("a log that was restored: readers are sent away, and get a resync when they come back with what they had", async () => {
  const sink = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ben", sink });
  await send(3);
  const since = sink.eventIds.at(-1);
  await owner.client.query("update tenant_log set epoch = epoch + 1 where tenant_id = $1", [tenantId]);
  await hub.poll();
  expect(sink.disconnects).toEqual(["log_reset"]);
  await send(1);
  expect(sink.positions).toEqual([1, 2, 3]);
  const again = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ben", since, sink: again });
  expect(again.resyncs).toEqual(["expired"]);
  await send(1);
  expect(again.positions).toEqual([5]);
});

test.each([
  { what: "too old", sql: "update tenant_log set floor = 3 where tenant_id = $1", at: 2, reason: "expired" },
  { what: "at the floor", sql: "update tenant_log set floor = 2 where tenant_id = $1", at: 2, reason: undefined },
  { what: "ahead", sql: "select $1::text", at: 9, reason: "expired" },
])("a cursor that is $what: $reason", async ({ sql, at, reason }) => {
  await send(5);
  const since = cursors.encode(tenantId, await epoch(), at);
  await owner.client.query(sql, [tenantId]);
  const sink = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ben", since, sink });
  expect(sink.resyncs).toEqual(reason ? [reason] : []);
  await send(1);
  expect(sink.positions).toEqual(reason ? [6] : [3, 4, 5, 6]);
});

test("the page that sent is left out live and shown in a replay", async () => {
  const sink = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ada", clientHash: "page", sink });
  await send(1, { clientHash: "page" });
  await send(1, { clientHash: "other page" });
  expect(sink.positions).toEqual([2]);
  const replay = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ada", clientHash: "page", after: 0, sink: replay });
  expect(replay.positions).toEqual([1, 2]);
});

test("a sink that throws loses its own subscription and nobody else's", async () => {
  const bad = new RecordingSink();
  bad.deliver = () => {
    throw new Error("no room");
  };
  const good = new RecordingSink();
  await hub.subscribe({ tenantId, userId: "ada", sink: bad });
  await hub.subscribe({ tenantId, userId: "ben", sink: good });
  await send(2);
  expect(good.positions).toEqual([1, 2]);
  expect(bad.disconnects).toEqual(["internal"]);
  expect(errors).toHaveLength(1);
  errors = [];
});

test("who is added or removed while coming in sees what the spans allow, from the first event after on", async () => {
  const [joined = "", left = ""] = [
    ...(await owner.makeChats(tenantId, 1, ["ada"])),
    ...(await owner.makeChats(tenantId, 1, ["ada", "ben"])),
  ];
  await send(2);
  const sink = new RecordingSink();
  sink.pressure = () => {
    sink.pressure = undefined;
    return (async () => {
      await move("member.added", joined); // 3
      await move("member.removed", left); // 4
    })();
  };
  await hub.subscribe({ tenantId, userId: "ben", after: 0, sink });
  await send(1, { to: left }); // 5
  await send(1, { to: joined }); // 6
  expect(sink.positions).toEqual([1, 2, 3, 4, 6]);
});

/** Brings ben into a chat or takes him out, in one transaction with the event that says so. */
async function move(type: "member.added" | "member.removed", chat: string): Promise<void> {
  await unitOfWork(db, tenantId, async ({ tx, lockHead, emit }) => {
    await lockHead();
    const ben = { chatId: chat, userId: "ben" };
    const position = emit({ type, chatId: chat, payload: ben });
    if (type === "member.removed") await removeMember(tx, tenantId, { ...ben, toPosition: position });
    else await addMembers(tx, tenantId, [{ ...ben, role: "member", fromPosition: position, lastReadSeq: 0 }]);
  });
}

test("a peer that takes nothing during its backfill is sent away in time, and the log is not read on for it", async () => {
  await send(450);
  const sink = new RecordingSink();
  sink.pressure = () => (sink.positions.length >= 5 ? new Promise(() => {}) : undefined);
  await hub.subscribe({ tenantId, userId: "ben", after: 0, sink });
  expect(sink.disconnects).toEqual(["slow_consumer"]);
  expect(sink.positions).toEqual(range(1, 5));
});

test("whoever leaves during the backfill is not read for any longer", async () => {
  await send(450);
  const sink = new RecordingSink();
  sink.pressure = () => {
    if (sink.positions.length === 3) hub.abandon(sink);
    return undefined;
  };
  const subscription = await hub.subscribe({ tenantId, userId: "ben", after: 0, sink });
  expect(sink.positions).toEqual([1, 2, 3]);
  subscription.close();
  expect(hub.tenantIds()).toEqual([]);
});

test("each reader is told its position as it comes and once a minute, wherever the log is", async () => {
  const sinks = await Promise.all(
    range(1, 7).map(async () => {
      const sink = new RecordingSink();
      await hub.subscribe({ tenantId, userId: "ben", sink });
      return sink;
    }),
  );
  await send(2);
  for (let second = 0; second < 60; second++) hub.tellPositions(second);
  const at = [0, 2].map(async (position) => cursors.encode(tenantId, await epoch(), position));
  for (const sink of sinks) expect(sink.told).toEqual(await Promise.all(at));
});

test("a tenant is let go with its last reader, and followed again with the next", async () => {
  const first = await hub.subscribe({ tenantId, userId: "ben", sink: new RecordingSink() });
  const second = await hub.subscribe({ tenantId, sink: new RecordingSink() });
  first.close();
  expect(hub.tenantIds()).toEqual([tenantId]);
  second.close();
  second.close();
  expect(hub.tenantIds()).toEqual([]);
  await send(2);
  const sink = new RecordingSink();
  await hub.subscribe({ tenantId, sink });
  await send(1);
  expect(sink.positions).toEqual([3]);
});

test("no tenant, no reader", async () => {
  const gone = "nowhere" as TenantId;
  const reading = hub.subscribe({ tenantId: gone, sink: new RecordingSink() });
  await expect(reading).rejects.toMatchObject({ code: "not_found" });
  expect(hub.tenantIds()).toEqual([]);
});
