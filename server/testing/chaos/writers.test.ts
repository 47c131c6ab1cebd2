import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../hub-client.ts";
import { type ApiProcess, type Fleet, type FleetTenant, openFleet } from "../processes.ts";
import { expectSoundLog, Owner } from "./owner.ts";
import { HubReader, openTrpcReader, readByRest, seenOf, toBeSeen } from "./readers.ts";
import { Writers } from "./writers.ts";

const people = Array.from({ length: 16 }, (_, index) => `writer-${index}`);
let fleet: Fleet;
let owner: Owner;
let nodes: ApiProcess[];

beforeAll(async () => {
  fleet = await openFleet();
  owner = await Owner.open(fleet.database.ownerUrl);
  nodes = await Promise.all([fleet.start(), fleet.start()]);
}, 150_000);
afterAll(async () => {
  await owner.close();
  await fleet.close();
});

/** One reader of each kind: the stock hub client on both nodes, tRPC, and REST from the position before. */
async function openReaders(tenant: FleetTenant) {
  const token = await tenant.token("reader");
  const [a, b] = nodes as [ApiProcess, ApiProcess];
  const hubs = [a, b].map(() => new HubReader({ tenant, token }));
  await Promise.all(hubs.map((hub, index) => hub.connect(nodes[index] ?? a)));
  const trpc = await openTrpcReader(b, token);
  const { cursor } = await readByRest(a, tenant, token);
  return { hubs, trpc, rest: () => readByRest(b, tenant, token, cursor) };
}

test.each([
  { chats: 1, messages: 50 },
  { chats: 1000, messages: 125 }, // two a chat
])(
  "16 writers on $chats chats through two nodes, dropping calls: one order for everybody",
  async (given) => {
    const tenant = await fleet.tenant(`chats-${given.chats}`);
    const chatIds = await owner.makeChats(tenant.id, given.chats, [...people, "reader"]);
    const readers = await openReaders(tenant);
    const { messages } = given;
    const writers = await Writers.prepare({ tenant, nodes, userIds: people, chatIds, messages, aborts: 0.2 });
    await writers.run();

    const log = await expectSoundLog(owner, tenant.id);
    writers.expectKept(log);
    expect(log).toHaveLength(16 * messages);
    expect(writers.count("aborted")).toBeGreaterThan(20);
    const wanted = toBeSeen(log);
    await eventually(() => {
      for (const reader of [...readers.hubs, readers.trpc]) expect(reader.seen).toHaveLength(log.length);
    });
    for (const reader of [...readers.hubs, readers.trpc, await readers.rest()]) expect(seenOf(reader)).toEqual(wanted);
    expect(readers.trpc.errors).toEqual([]);
    for (const hub of readers.hubs) await hub.disconnect();
    readers.trpc.close();
  },
  60_000,
);
