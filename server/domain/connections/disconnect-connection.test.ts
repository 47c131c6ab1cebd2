import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { clientOf } from "../../realtime/live-connection.ts";
import { RawHubClient, stockClient } from "../../testing/hub-client.ts";
import { appOf, stockPusher } from "../../testing/pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// Two nodes on one database: clients are on the second, who runs the tenant asks the first.

let stack: Stack;
let tenant: TestTenant;
let other: TestTenant;
let there: string;

beforeAll(async () => {
  stack = await startStack();
  [tenant, other] = await Promise.all([stack.tenant("acme"), stack.tenant("globex")]);
  there = (await stack.another()).url;
});
afterAll(() => stack.close());

interface Listed {
  connectionId: string;
  userId?: string;
  caller: string;
  protocol: string;
  transport: string;
  client?: string;
  subscriptions?: number;
  node: string;
  openedAt: string;
}

const list = async (query = "", of = tenant) =>
  (
    await of.key()<{ data: Listed[]; nextCursor: string | null; totalCount: number }>(
      "GET",
      `/admin/connections${query}`,
    )
  ).body;
const hubOn = (base: string, userId: string) =>
  stockClient(`${base}/tenant/acme/v1/hub?clientId=${userId}`, {
    token: () => tenant.token(userId),
    reconnect: [0, 0],
  });

/** Resolves with what is listed of a user once it is so many. */
function listed(userId: string, count: number): Promise<Listed[]> {
  return vi.waitFor(async () => {
    const { data } = await list(`?userId=${userId}`);
    expect(data).toHaveLength(count);
    return data;
  }, 20_000);
}

test("lists stock clients of all protocols on another node, and no other tenant's", async () => {
  const hub = hubOn(there, "ada");
  await hub.start();
  const raw = await RawHubClient.open(`${there}/tenant/globex/v1/hub`, await other.token("ada"));
  const pusher = stockPusher(there, (await appOf(tenant)).key);
  const channel = pusher.subscribe("ferries");
  await new Promise((resolve) => channel.bind("pusher:subscription_succeeded", resolve));
  const stream = new AbortController();
  const headers = { accept: "text/event-stream", authorization: `Bearer ${await tenant.token("ada")}` };
  await fetch(`${there}/tenant/acme/v1/events`, { headers, signal: stream.signal });

  const ofAda = await listed("ada", 2);
  expect(ofAda.map(({ protocol, transport, caller }) => [protocol, transport, caller]).toSorted()).toEqual([
    ["signalr", "websocket", "user"],
    ["sse", "sse", "user"],
  ]);
  expect(ofAda.find(({ protocol }) => protocol === "signalr")?.client).toMatch(/^Microsoft SignalR\//);
  const { data, totalCount } = await list();
  expect([data.length, totalCount]).toEqual([3, 3]);
  expect(data.map(({ openedAt }) => openedAt)).toEqual(
    data
      .map(({ openedAt }) => openedAt)
      .toSorted()
      .toReversed(),
  );
  const [app] = (await list("?protocol=pusher")).data;
  expect(app).toMatchObject({ caller: "visitor", client: expect.stringMatching(/^pusher-js \d/) });
  expect(new Set(data.map(({ node }) => node)).size).toBe(1);
  expect((await list("", other)).data.map(({ userId }) => userId)).toEqual(["ada"]);
  // Its channels are told with the next heartbeat.
  await vi.waitFor(async () => expect((await list("?protocol=pusher")).data[0]?.subscriptions).toBe(1), 20_000);

  const first = await list("?limit=2");
  const second = await list(`?limit=2&before=${first.nextCursor}`);
  expect([...first.data, ...second.data].map((each) => each.connectionId)).toEqual(
    data.map((each) => each.connectionId),
  );
  expect((await tenant.key()("GET", "/admin/connections?before=nonsense")).status).toBe(400);

  raw.socket.close();
  pusher.disconnect();
  stream.abort();
  await hub.stop();
  await vi.waitFor(async () => expect((await list()).totalCount).toBe(0), 20_000);
});

describe("disconnects", () => {
  test("a stock client on another node, which does not come back; the next tenant's stays", async () => {
    const hub = hubOn(there, "ben");
    await hub.start();
    const raw = await RawHubClient.open(`${there}/tenant/globex/v1/hub`, await other.token("ben"));
    const closed = new Promise((resolve) => hub.onclose(resolve));
    const [{ connectionId = "" } = {}] = await listed("ben", 1);
    expect((await other.key()("DELETE", `/admin/connections/${connectionId}`)).status).toBe(404);
    const { status, body } = await tenant.key()("DELETE", `/admin/connections/${connectionId}`);
    expect([status, body.connectionId, body.ending]).toEqual([200, connectionId, true]);
    expect(String(await closed)).toContain("Disconnected by an operator");
    await listed("ben", 0);
    expect(raw.socket.readyState).toBe(raw.socket.OPEN);
    expect((await tenant.key()("DELETE", `/admin/connections/${connectionId}`)).status).toBe(404);
    raw.socket.close();
  });

  test("also when the word from node to node is lost", async () => {
    const hub = hubOn(there, "cyd");
    await hub.start();
    const closed = new Promise((resolve) => hub.onclose(resolve));
    const [{ connectionId = "" } = {}] = await listed("cyd", 1);
    const owner = new Client({ connectionString: stack.database.ownerUrl });
    await owner.connect();
    await owner.query("update connections set ending = true where tenant_id = 'acme' and id = $1", [connectionId]);
    await owner.end();
    await closed;
  });
});

test("of a node that has died nothing is listed", async () => {
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query(`insert into connections (tenant_id, id, node_id, caller, user_id, protocol, transport, opened_at)
    values ('acme', 'ghost', 'dead', 'user', 'ghost', 'sse', 'sse', now())`);
  await owner.end();
  expect((await list("?userId=ghost")).data).toEqual([]);
});

test("a client's word is cut to what can be shown", () => {
  expect(clientOf({ "user-agent": `a\u0000b\ud800${"c".repeat(500)}` })).toBe(`ab\ufffd${"c".repeat(117)}`);
  expect(clientOf({ "user-agent": "browser", "x-signalr-user-agent": "Microsoft SignalR/10.0" })).toContain("SignalR");
  expect(clientOf({})).toBeUndefined();
});
