import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../hub-client.ts";
import { type ApiProcess, type Fleet, type FleetTenant, openFleet, startOwnDatabase } from "../processes.ts";
import { expectSoundLog, Owner } from "./owner.ts";
import { HubReader, seenOf, toBeSeen } from "./readers.ts";
import { Writers } from "./writers.ts";

// A Postgres of this file's own: one of the tests makes it crash.

const people = Array.from({ length: 16 }, (_, index) => `writer-${index}`);
let fleet: Fleet;
let owner: Owner;
let nodes: [ApiProcess, ApiProcess];
let made = 0;

beforeAll(async () => {
  fleet = await openFleet(await startOwnDatabase());
  owner = await Owner.open(fleet.database.ownerUrl);
  nodes = await Promise.all([fleet.start(), fleet.start()]);
}, 150_000);
afterEach(() => {
  // That the database went away is said in the log with each call that was told so, or whose audit entry it took along.
  const awaited = /"msg":"((unavailable|outcome-unknown): |an audit entry could not be settled)/;
  for (const node of nodes)
    expect((node.output().match(/^\{"level":[56]0.*$/gm) ?? []).filter((line) => !awaited.test(line))).toEqual([]);
});
afterAll(async () => {
  await owner.close();
  await fleet.close();
});

/** Writers under way on chats, and a reader on each node that comes back to the first one when it loses its own. */
async function begin(messages: number, chats = 20) {
  const tenant = await fleet.tenant(`kill-${made++}`);
  const chatIds = await owner.makeChats(tenant.id, chats, [...people, "reader"]);
  const readers = await Promise.all(nodes.map((node) => openReader(tenant, node)));
  const writers = await Writers.prepare({ tenant, nodes, userIds: people, chatIds, messages, aborts: 0.1 });
  const written = writers.run();
  return { tenant, chatIds, readers, writers, written };
}

async function openReader(tenant: FleetTenant, node: ApiProcess): Promise<HubReader> {
  const reader = new HubReader({ tenant, token: await tenant.token("reader") });
  await reader.connect(node);
  return reader;
}

/** Notifications whose making was acknowledged. */
const told: string[] = [];

/** Everything else that people do meanwhile: reads and rare changes, through Prisma and past it. Answers what went wrong. */
async function liveOn(tenant: FleetTenant, chatId: string, until: Promise<void>): Promise<string[]> {
  let over = false;
  until.finally(() => {
    over = true;
  });
  const bearerOf = async (userId: string) => ({ authorization: `Bearer ${await tenant.token(userId)}` });
  const [reader, ann] = [await bearerOf("reader"), await bearerOf("ann")];
  const tell = { userId: "ann", subject: "s", message: "m" };
  let last: string | undefined;
  const faults: string[] = [];
  const calls: [method: string, path: string, body?: object][] = [
    ["GET", "Chat"],
    ["GET", `Chat/${chatId}/members?expand=true`],
    ["GET", `Chat/${chatId}/messages`],
    ["PATCH", `Chat/${chatId}`, { name: "n" }],
    ["PUT", `Chat/${chatId}/read`, { seq: 3 }],
    ["PUT", `Chat/${chatId}/notifications`, { mute: "all" }],
    ["POST", `Chat/${chatId}/members`, { userId: "ben" }],
    ["DELETE", `Chat/${chatId}/members/ben`],
    ["PUT", "Users/reader", { displayName: "r" }],
    ["POST", "Notifications", tell],
    ["PUT", "Notifications/{last}/read"],
  ];
  for (let i = 0; !over; i++) {
    const [method = "", named = "", body] = calls[i % calls.length] ?? [];
    const path = last ? named.replace("{last}", last) : named.replace("{last}/read", "read-all");
    const url = `${nodes[i % 2]?.url}/tenant/${tenant.id}/v1/${path}`;
    const caller = body === tell ? { "x-api-key": tenant.primaryKey } : path.startsWith("Notifications") ? ann : reader;
    const headers = { ...caller, "content-type": "application/json" };
    const answer = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    if (body === tell && answer.status === 201) {
      last = JSON.parse(text).id as string;
      told.push(last);
    }
    if (answer.status >= 300 && answer.status !== 503) faults.push(`${method} ${path}: ${answer.status} ${text}`);
  }
  return faults;
}

/** Rows without their event or the other way round; rows whose last event says otherwise of their being read; acknowledged ones that are gone. */
async function notificationsOf(tenantId: string) {
  const { rows } = await owner.client.query(
    `select
       (select count(*)::int from (select * from notifications where tenant_id = $1) n
          full join (select * from events where tenant_id = $1 and type = 'notification.created') e
          on e.position = n.position and e.payload ->> 'id' = n.id::text where n.id is null or e.position is null) as unmatched,
       (select count(*)::int from notifications n where n.tenant_id = $1 and iso_time(n.read_at) is distinct from
          (select e.payload ->> 'readAt' from events e where e.tenant_id = $1 and e.type like 'notification.%'
             and e.payload ->> 'id' = n.id::text order by e.position desc limit 1)) as unread,
       (select count(*)::int from unnest($2::uuid[]) t where not exists (select from notifications n where n.id = t)) as missing`,
    [tenantId, told],
  );
  return rows[0];
}

async function expectEverything({ tenant, readers, writers }: Awaited<ReturnType<typeof begin>>): Promise<void> {
  const log = await expectSoundLog(owner, tenant.id);
  writers.expectKept(log);
  expect(await notificationsOf(tenant.id)).toMatchObject({ unmatched: 0, unread: 0, missing: 0 });
  const messages = log.filter(({ type }) => type === "message.created");
  for (const reader of readers) {
    await eventually(() => expect(reader.seen).toHaveLength(messages.length));
    expect(seenOf(reader)).toEqual(toBeSeen(messages));
    await reader.disconnect();
  }
}

test("connections of the lanes, the pool and the bus ended again and again: 503 at most, nothing lost, nothing twice", async () => {
  const running = await begin(60);
  const faults = Promise.all(
    running.chatIds.slice(0, 3).map((chatId) => liveOn(running.tenant, chatId, running.written)),
  );
  for (let i = 0; i < 8; i++) {
    await running.writers.until(50 + i * 100);
    await owner.terminate("parley lanes");
    if (i % 2 === 0) await Promise.all([owner.terminate("parley"), owner.terminate("parley bus")]);
  }
  await running.written;
  expect((await faults).flat()).toEqual([]);
  expect(running.writers.count("503 outcome-unknown") + running.writers.count("503 unavailable")).toBeGreaterThan(0);
  await expectEverything(running);
  expect(nodes.every((node) => node.alive())).toBe(true);
}, 120_000);

test("a crash of Postgres: 503 until it is back, and everything acknowledged is there", async () => {
  const running = await begin(60);
  const faults = liveOn(running.tenant, running.chatIds[0] ?? "", running.written);
  await running.writers.until(300);
  const flush = await owner.holdFlush(running.tenant.id);
  process.kill(flush, "SIGKILL"); // the server takes all other connections down and recovers from its log
  await running.written;
  expect(await faults).toEqual([]);
  owner = await Owner.open(fleet.database.ownerUrl);
  expect(running.writers.count("503 outcome-unknown")).toBeGreaterThan(0);
  await expectEverything(running);
  expect(nodes.every((node) => node.alive())).toBe(true);
}, 120_000);

test.each([1, 1000])(
  "kill -9 of a node amid 16 writers on %i chats: its clients go on at the other, nothing is lost, nothing is there twice",
  async (chats) => {
    if (!nodes[1].alive()) nodes[1] = await fleet.start();
    const running = await begin(60, chats);
    await running.writers.until(300);
    await nodes[1].kill("SIGKILL");
    const [, orphan] = running.readers;
    await eventually(() => expect(orphan?.connected).toBe(false));
    await orphan?.connect(nodes[0]);
    await running.written;
    expect(running.writers.count("broken")).toBeGreaterThan(0);
    await expectEverything(running);
  },
  120_000,
);
