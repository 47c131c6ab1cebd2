import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Principal, TenantId } from "../auth/principal.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { newId } from "../ids.ts";
import { createPostgresBus } from "../log/bus/postgres-bus.ts";
import { Cursors } from "../log/cursor.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { Owner } from "../testing/chaos/owner.ts";
import { eventually } from "../testing/hub-client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { RecordingSink } from "../testing/recording-sink.ts";
import { ConnectionList } from "./connection-list.ts";
import type { LiveConnection } from "./live-connection.ts";
import { Realtime } from "./realtime.ts";

// Two nodes as the api role makes them, without its transports: connections are opened and closed by hand. Somebody listens on each.

const grace = 700;
let database: TestDatabase;
let owner: Owner;
let nodes: { live: Realtime; nodeId: string; close(): Promise<void> }[];
let listeners: RecordingSink[];
let tenantId: TenantId;
let chatId: string;
let errors: unknown[];
let made = 0;
/** What a node's look at the credentials of a tenant's connections waits for. */
let rechecks: Map<TenantId, Promise<void>>;
let goOn = () => {};

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await Owner.open(database.ownerUrl);
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});
beforeEach(async () => {
  errors = [];
  rechecks = new Map();
  nodes = [await openNode(), await openNode()];
  tenantId = await makeTenant();
  [chatId = ""] = await owner.makeChats(tenantId, 1, ["eve", "kim", "tom"]);
  listeners = await Promise.all(
    nodes.map(async ({ live }) => {
      const sink = new RecordingSink();
      await live.subscribe({ tenantId, userId: "eve", sink });
      return sink;
    }),
  );
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  goOn();
  for (const node of nodes) await node.close();
  expect(errors).toEqual([]);
});

async function makeTenant(): Promise<TenantId> {
  const db = openDatabase({ url: database.runtimeUrl });
  const tenant = await createTenant(db, "secret", { id: `presence-${made++}`, name: "Presence" });
  await db.close();
  return tenant.tenantId;
}

async function recheck({ tenantId }: Pick<Principal, "tenantId">) {
  await rechecks.get(tenantId);
  return "ok" as const;
}

async function openNode() {
  const db: Database = openDatabase({ url: database.runtimeUrl });
  const nodeId = newId();
  const onError = (error: unknown) => void errors.push(error);
  const bus = await createPostgresBus({ url: database.runtimeUrl, nodeId, onError });
  const rest = { recheck, onRecheck: () => {}, onError, grace };
  const live = new Realtime({ db, cursors: new Cursors("secret"), bus, nodeId, ...rest });
  await live.start();
  const close = async () => {
    await live.close();
    await bus.close();
    await db.close();
  };
  return { live, nodeId, close };
}

/** A connection of a user to one of the nodes; answers how to close it. */
function connect(node: number, userId: string, at = tenantId): () => void {
  const principal = { kind: "user", tenantId: at, userId } as Principal;
  const facts = () => ({ transport: "websocket" as const, client: "a test" });
  const rest = { openedAt: 0, facts, sweep: () => {}, disconnect: () => {} };
  const connection: LiveConnection = { id: newId(), principal, protocol: "signalr", ...rest };
  const { live } = nodes[node] ?? {};
  live?.open(connection);
  return () => live?.closed(connection);
}

/** The states of a user that the listener of a node was told, in order and without repeats. */
function told(node: number, userId: string): unknown[] {
  const events = listeners[node]?.ephemerals.filter((event) => event.type === "presence" && event.userId === userId);
  const states = events?.map((event) => event.payload.state) ?? [];
  return states.filter((state, index) => state !== states[index - 1]);
}

async function expectTold(userId: string, states: string[]): Promise<void> {
  await eventually(() => expect([told(0, userId), told(1, userId)]).toEqual([states, states]));
  for (const { live } of nodes) {
    const [now] = await live.presence(tenantId, [userId]);
    expect(now).toMatchObject({ userId, state: states.at(-1) ?? "offline" });
  }
}

test("whoever waits for who is here to be written waits for it, also where another's write takes it along", async () => {
  const live = nodes[0]?.live;
  const leave = connect(0, "kim");
  let written = false;
  const first = live?.settlePresence().then(() => {
    written = true;
  });
  await live?.settlePresence();
  expect(written).toBe(true);
  await first;
  leave();
});

test("who connects is online on both nodes, who leaves is offline after the grace, who reloads never left", async () => {
  const leave = connect(0, "kim");
  await expectTold("kim", ["online"]);
  // Of the grace nothing goes by while the clock stands, however long the machine does.
  vi.useFakeTimers({ toFake: ["Date"] });
  leave();
  await sleep(grace / 2);
  const again = connect(1, "kim");
  await nodes[1]?.live.settlePresence();
  vi.useRealTimers();
  await sleep(grace * 2);
  await expectTold("kim", ["online"]);
  const before = Date.now();
  vi.useFakeTimers({ toFake: ["Date"] });
  again();
  await sleep(grace / 2);
  await expectTold("kim", ["online"]);
  vi.useRealTimers();
  await expectTold("kim", ["online", "offline"]);
  const [{ lastSeen } = {}] = (await nodes[0]?.live.presence(tenantId, ["kim"])) ?? [];
  expect(Date.parse(lastSeen ?? "")).toBeGreaterThan(before);
});

test("of several devices the last one that leaves counts", async () => {
  const leaves = [connect(0, "kim"), connect(0, "kim"), connect(1, "kim")];
  await expectTold("kim", ["online"]);
  leaves[0]?.();
  leaves[2]?.();
  await sleep(grace * 2);
  await expectTold("kim", ["online"]);
  leaves[1]?.();
  await expectTold("kim", ["online", "offline"]);
});

test("away is said to any node and holds for all devices; connecting is being back", async () => {
  connect(0, "kim");
  await expectTold("kim", ["online"]);
  await nodes[1]?.live.setAway(tenantId, "kim", true);
  await expectTold("kim", ["online", "away"]);
  await nodes[0]?.live.setAway(tenantId, "kim", false);
  await expectTold("kim", ["online", "away", "online"]);
  await nodes[1]?.live.setAway(tenantId, "kim", true);
  await expectTold("kim", ["online", "away", "online", "away"]);
  connect(0, "kim");
  await expectTold("kim", ["online", "away", "online", "away", "online"]);
});

test("typing and receipts reach the others on both nodes, and not the one who causes them", async () => {
  const kim = new RecordingSink();
  await nodes[1]?.live.subscribe({ tenantId, userId: "kim", sink: kim });
  const heard = (node: number) => listeners[node]?.ephemerals.map(({ type }) => type) ?? [];
  await eventually(() => {
    nodes[0]?.live.typing(tenantId, "kim", chatId); // until the first node knows that there is a second one
    nodes[0]?.live.receipt(tenantId, "kim", chatId, 7);
    expect([heard(0), heard(1)].every((types) => types.includes("typing") && types.includes("receipt"))).toBe(true);
  });
  expect(kim.ephemerals).toEqual([]);
});

test("a leave that could not be written is written when the database answers again", async () => {
  const leave = connect(0, "kim");
  await expectTold("kim", ["online"]);
  await owner.client.query("alter function put_presence_v1(text, text, json) rename to put_presence_gone");
  leave();
  await eventually(() => expect(errors.length).toBeGreaterThan(0));
  await owner.client.query("alter function put_presence_gone(text, text, json) rename to put_presence_v1");
  await expectTold("kim", ["online", "offline"]);
  errors = [];
});

test("what could not be looked up is told when the database answers again", async () => {
  const leave = connect(0, "kim");
  await expectTold("kim", ["online"]);
  await owner.client.query("alter function presence_v1 rename to presence_gone");
  leave();
  await eventually(() => expect(errors.length).toBeGreaterThan(1));
  await owner.client.query("alter function presence_gone rename to presence_v1");
  await expectTold("kim", ["online", "offline"]);
  errors = [];
});

test("a node that was taken for dead while it slept brings its users back", async () => {
  connect(0, "kim");
  await expectTold("kim", ["online"]);
  await owner.client.query("update nodes set seen_at = now() - interval '1 minute' where id = $1", [nodes[0]?.nodeId]);
  await owner.client.query("delete from presences where node_id = $1", [nodes[0]?.nodeId]);
  await eventually(async () => {
    const { rows } = await owner.client.query("select state from presences where user_id = 'kim' and tenant_id = $1", [
      tenantId,
    ]);
    expect(rows).toEqual([{ state: "online" }]);
  });
  errors = [];
});

test("a node whose own beat comes late declares no other lost", async () => {
  connect(1, "kim");
  await expectTold("kim", ["online"]);
  interface Parts {
    timers: NodeJS.Timeout[];
    housekeeping?: Promise<void>;
    heart: { timer: NodeJS.Timeout; beating?: Promise<void>; beat(): Promise<void> };
    presences: { dropDead(): Promise<void> };
  }
  const [one, two] = nodes.map(({ live }) => live as unknown as Parts);
  // By hand on both: what comes between is what is looked at.
  for (const part of [one, two]) {
    for (const timer of [part?.heart.timer, ...(part?.timers ?? [])]) clearInterval(timer);
    await part?.housekeeping;
    await part?.heart.beating;
    await part?.heart.beat();
  }
  await one?.heart.beat();
  await one?.presences.dropDead();
  await owner.client.query("update nodes set seen_at = now() - interval '1 minute'");
  await one?.heart.beat();
  await one?.presences.dropDead();
  await two?.heart.beat();
  const { rows } = await owner.client.query("select state from presences where user_id = 'kim' and tenant_id = $1", [
    tenantId,
  ]);
  expect(rows).toEqual([{ state: "online" }]);
  // Who does not beat again is lost by the next one.
  await owner.client.query("update nodes set seen_at = now() - interval '1 minute' where id = $1", [nodes[1]?.nodeId]);
  await one?.heart.beat();
  await one?.presences.dropDead();
  await expectTold("kim", ["online", "offline"]);
});

test("a node that is long at one of its tenants goes on to say that it lives, and to look at the others", async () => {
  const [node] = nodes;
  const other = await makeTenant();
  const late = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  rechecks.set(tenantId, late);
  const looks = vi.spyOn(ConnectionList.prototype, "closeEnding");
  connect(0, "kim");
  connect(0, "kim", other);
  await eventually(() => expect(looks.mock.calls).toContainEqual([other]));
  await owner.client.query("update nodes set seen_at = now() - interval '19 seconds' where id = $1", [node?.nodeId]);
  await eventually(async () => {
    const young = "select from nodes where id = $1 and seen_at > now() - interval '5 seconds'";
    expect((await owner.client.query(young, [node?.nodeId])).rowCount).toBe(1);
  });
  expect(looks.mock.calls).not.toContainEqual([tenantId]);
});
