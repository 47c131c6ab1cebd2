import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { AppRouter } from "../../transport/trpc/router.ts";
import { eventually, RawHubClient } from "../hub-client.ts";
import { type ApiProcess, type Fleet, openFleet } from "../processes.ts";
import { missTenThousand } from "./missed.ts";
import { expectSoundLog, Owner } from "./owner.ts";
import { HubReader, readByRest, type Seen, seenOf, toBeSeen } from "./readers.ts";
import { Writers } from "./writers.ts";

const people = Array.from({ length: 8 }, (_, index) => `writer-${index}`);
let fleet: Fleet;
let owner: Owner;
let nodes: [ApiProcess, ApiProcess];

beforeAll(async () => {
  fleet = await openFleet();
  owner = await Owner.open(fleet.database.ownerUrl);
  nodes = await Promise.all([fleet.start(), fleet.start()]);
}, 150_000);
afterAll(async () => {
  await owner.close();
  await fleet.close();
});

/** Goes from node to node, with absences of any length, until told to stay; then returns. */
async function wander(visit: (node: ApiProcess) => Promise<() => Promise<void>>, done: () => boolean): Promise<void> {
  for (let turn = 0; !done(); turn++) {
    const leave = await visit(nodes[turn % 2] ?? nodes[0]);
    await sleep(Math.random() * 250);
    await leave();
    await sleep(Math.random() ** 3 * 800);
  }
}

/** The stock tRPC client, made anew for each visit; the server's tracked ids say where to go on. */
function trpcVisits(token: string, seen: Seen[]) {
  return async (node: ApiProcess) => {
    const url = `${node.url.replace("http", "ws")}/api/trpc`;
    const client = createWSClient({ url, WebSocket: WebSocket as never, connectionParams: { token } });
    const trpc = createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
    const subscription = await new Promise<{ unsubscribe(): void }>((resolve, reject) => {
      const opened = trpc.events.subscribe.subscribe(
        { since: seen.at(-1)?.eventId },
        {
          onStarted: () => resolve(opened),
          onError: reject,
          onData: ({ data: { eventId, type, chatId, seq, data } }) =>
            seen.push({ eventId, type, chatId, seq, id: data.id }),
        },
      );
    });
    return async () => {
      subscription.unsubscribe();
      await client.close();
    };
  };
}

test.concurrent("readers who come and go between the nodes while others write: each has everything, in order, once", async () => {
  const tenant = await fleet.tenant("wander");
  const chatIds = await owner.makeChats(tenant.id, 60, [...people, "reader"]);
  const token = await tenant.token("reader");
  const [hub, first] = [new HubReader({ tenant, token }), await readByRest(nodes[0], tenant, token)];
  hub.lastEventId = first.cursor;
  const trpc: Seen[] = [{ eventId: first.cursor ?? "", type: "", chatId: undefined, seq: undefined, id: undefined }];
  const writers = await Writers.prepare({ tenant, nodes, userIds: people, chatIds, messages: 80 });
  let done = false;
  const written = writers.run().then(() => {
    done = true;
  });
  const hubVisit = async (node: ApiProcess) => {
    await hub.connect(node);
    return () => hub.disconnect();
  };
  await Promise.all([written, wander(hubVisit, () => done), wander(trpcVisits(token, trpc), () => done)]);
  const leave = [await hubVisit(nodes[1]), await trpcVisits(token, trpc)(nodes[1])];
  const log = await expectSoundLog(owner, tenant.id);
  await eventually(() => expect([hub.seen.length, trpc.length - 1]).toEqual([log.length, log.length]));
  expect(seenOf(hub)).toEqual(toBeSeen(log));
  expect(seenOf({ seen: trpc.slice(1) })).toEqual(toBeSeen(log));
  expect(hub.notices).toEqual([]);
  for (const each of leave) await each();
}, 150_000);

async function connectionsOf(node: ApiProcess): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  return Number(/^parley_connections (\d+)$/m.exec(text)?.[1]);
}

test.concurrent("10,000 missed events over 500 chats: all of them, in bounded memory, also beside 24 readers that do not read", async () => {
  const node = await fleet.start();
  const tenant = await fleet.tenant("missed");
  const token = await tenant.token("reader");
  const { cursor } = await readByRest(node, tenant, token);
  await missTenThousand(owner, tenant.id);
  const before = node.rss();
  const url = `${node.url}/tenant/${tenant.id}/v1/hub?payload=full&since=${cursor}`;
  const stuck = Array.from({ length: 24 }, () => new RawHubClient(url, { authorization: `Bearer ${token}` }));
  for (const { socket } of stuck) {
    await once(socket, "open");
    socket.pause();
    socket.send('{"protocol":"json","version":1}\u001e');
  }
  const reader = new HubReader({ tenant, token });
  reader.lastEventId = cursor;
  await reader.connect(node);
  await vi.waitUntil(() => reader.seen.length >= 10_000, { timeout: 80_000, interval: 50 });
  expect(seenOf(reader)).toEqual(toBeSeen(await owner.log(tenant.id)));
  expect(node.rss() - before).toBeLessThan(200);
  expect(await connectionsOf(node)).toBe(25);
  while ((await connectionsOf(node)) > 1) await sleep(500);
  expect(node.rss() - before).toBeLessThan(200);
  expect(reader.connected).toBe(true);
  for (const { socket } of stuck) socket.terminate();
  await reader.disconnect();
}, 150_000);
