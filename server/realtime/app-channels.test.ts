import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { type Stack, startStack } from "../testing/stack.ts";
import { AppChannels } from "./app-channels.ts";
import type { OutgoingChannel } from "./local-channel.ts";

// What a node finds by itself, where the bus loses everything.

let stack: Stack;
let tenantId: TenantId;
let owner: Client;

beforeAll(async () => {
  stack = await startStack();
  ({ tenantId } = await stack.tenant("acme"));
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await owner.end();
  await stack.close();
});

/** A node of its own, which nobody hears and which hears nobody. */
async function openNode(nodeId: string) {
  // It lives for as long as the test may take.
  await owner.query("insert into nodes (id, seen_at) values ($1, now() + interval '1 hour')", [nodeId]);
  const { pool } = stack.api.services.db;
  const channels = new AppChannels({ pool, nodeId, say: () => {}, onError: () => {} });
  const counts: unknown[] = [];
  const hear = ({ news }: OutgoingChannel) => counts.push(news.kind === "count" ? news.subscriptions : news.kind);
  const listener = { id: `${nodeId}.1`, hear };
  const join = (channel: string, userId?: string, info: string | null = null) =>
    channels.join(tenantId, channel, listener, { member: userId === undefined ? undefined : { userId, info } });
  const seconds = (count: number) => {
    for (let i = 0; i < count; i++) channels.sweep(Date.now());
  };
  return { channels, counts, listener, join, seconds };
}

/** How often the database has been asked by one name; answers wait for what is told to happen before. */
function watchQueries(name: string, before: () => Promise<unknown> = async () => {}) {
  const { pool } = stack.api.services.db;
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const asked: unknown[] = [];
  vi.spyOn(pool, "query").mockImplementation((async (...args: unknown[]) => {
    const answer = await query(...args);
    const { name: of, values } = args[0] as { name?: string; values: unknown[] };
    if (of === name && values[0] === tenantId) {
      asked.push(values);
      await before();
    }
    return answer;
  }) as never);
  return asked;
}

test("who watches a hundred asks the database once", async () => {
  const { channels, listener } = await openNode("watching");
  const { join } = await openNode("watched");
  await join("#user-7", "7");
  const asked = watchQueries("channel_rosters_v1");
  const names = Array.from({ length: 100 }, (_, i) => `#user-${i}`);
  expect(await channels.watch(tenantId, names, listener)).toEqual(new Set(["#user-7"]));
  expect(asked).toHaveLength(1);
});

test("how many listen is right after the next comparison, also where the word of it was lost and the tick itself missed", async () => {
  const one = await openNode("one");
  const two = await openNode("two");
  await one.join("news");
  await two.join("news");
  await one.join("presence-crew", "ada");
  await two.join("presence-crew", "ben");
  expect(one.counts).toEqual([]);
  one.seconds(9);
  await one.channels.keepHouse();
  expect(one.counts).toEqual([]);
  one.seconds(2); // while the house was kept
  await one.channels.keepHouse();
  expect(one.counts).toEqual(expect.arrayContaining([2, "joined"]));
  const asked = watchQueries("channel_rosters_v1");
  one.seconds(9);
  await one.channels.keepHouse();
  expect(asked).toEqual([]);
  one.seconds(1);
  await one.channels.keepHouse();
  expect(asked).toHaveLength(1);
  expect(one.counts).toHaveLength(2);
});

test("a node that is lost while the lost before it are taken out is taken out, too", async () => {
  const here = await openNode("here");
  const lost = await openNode("lost");
  await lost.join("events");
  await here.join("events");
  expect(here.counts).toEqual([]);
  const dropped = watchQueries("drop_dead_channels_v1", async () => {
    await owner.query("delete from nodes where id = 'lost'");
    here.channels.nodeLost();
    vi.restoreAllMocks();
  });
  await here.channels.keepHouse();
  expect(dropped).toHaveLength(1);
  expect(here.counts).toEqual([]);
  await here.channels.keepHouse();
  expect(here.counts).toEqual([1]);
});

test("a node that was taken for dead says nothing of a member over what another has heard since", async () => {
  const [one, two] = [await openNode("slept"), await openNode("awake")];
  const said = async () => {
    const { rows } = await owner.query(
      "select node_id, info from channel_members where tenant_id = $1 and channel = 'presence-last' order by node_id",
      [tenantId],
    );
    return rows.map(({ node_id, info }) => `${node_id} ${info}`);
  };
  await one.join("presence-last", "ada", "before");
  await two.join("presence-last", "ada", "since");
  expect(await said()).toEqual(["awake since", "slept since"]);
  one.channels.lapsed();
  await one.channels.flush();
  expect(await said()).toEqual(["awake since", "slept since"]);
  await owner.query("delete from channel_members where tenant_id = $1 and node_id = 'slept'", [tenantId]);
  one.channels.lapsed();
  await one.channels.flush();
  expect(await said()).toEqual(["awake since", "slept since"]);
  await one.join("presence-last", "ada", "now");
  expect(await said()).toEqual(["awake now", "slept now"]);
});
