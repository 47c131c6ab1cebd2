import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually, RawHubClient } from "./hub-client.ts";
import { call, type Stack, startStack, type TestTenant } from "./stack.ts";

// What arrives and leaves while the database takes its time to say whose credential it is.

const stack: Stack = await startStack();
let tenant: TestTenant;
let headers: Record<string, string>;
let count = 0;

beforeEach(async () => {
  tenant = await stack.tenant(`acme-${++count}`);
  headers = { authorization: `Bearer ${await tenant.token("ada")}` };
});
afterAll(() => stack.close());

const registered = () => stack.api.realtime.connectionsOf(tenant.tenantId);

/** Nobody's credential is found good or bad while `work` runs. */
async function whileSlow(work: () => Promise<void>): Promise<void> {
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query("begin; lock table api_keys in access exclusive mode");
    stack.api.services.security.invalidate(tenant.tenantId);
    await work();
    await owner.query("commit");
  } finally {
    await owner.end();
  }
}

test("one of several sockets with one connection id gets in, and revocation reaches it", async () => {
  const { body } = await call<{ connectionToken: string }>(
    `${tenant.url}/hub/negotiate?negotiateVersion=1`,
    "POST",
    undefined,
    headers,
  );
  const outcomes: Promise<string>[] = [];
  const clients: RawHubClient[] = [];
  await whileSlow(async () => {
    for (let i = 0; i < 4; i++) {
      const client = new RawHubClient(`${tenant.url}/hub?id=${body.connectionToken}`, headers);
      client.closed.catch(() => {}); // refused ones never open
      clients.push(client);
      outcomes.push(
        new Promise((resolve) => {
          client.socket.on("open", () => resolve("open"));
          client.socket.on("error", (error) => resolve(error.message));
        }),
      );
    }
    await sleep(200);
  });
  expect((await Promise.all(outcomes)).sort()).toEqual([
    ...Array.from({ length: 3 }, () => "Unexpected server response: 409"),
    "open",
  ]);
  expect(registered()).toHaveLength(1);
  const open = clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN);
  await tenant.key()("POST", "/admin/users/ada/revoke", {});
  await Promise.all(open.map(({ closed }) => closed));
});

test("an event stream whose reader has gone is not kept", async () => {
  await whileSlow(async () => {
    const socket = connect(stack.api.port, "127.0.0.1");
    await once(socket, "connect");
    const lines = [`GET /tenant/${tenant.tenantId}/v1/events HTTP/1.1`, "Host: x", "Accept: text/event-stream"];
    socket.write(`${[...lines, `Authorization: ${headers.authorization}`].join("\r\n")}\r\n\r\n`);
    await sleep(100);
    socket.resetAndDestroy();
    await sleep(100);
  });
  await sleep(200);
  await eventually(() => expect(registered()).toEqual([]));
});

test("a tRPC subscription whose reader has gone is not kept", async () => {
  await whileSlow(async () => {
    const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc`, { headers });
    await once(socket, "open");
    socket.send(JSON.stringify({ id: 1, method: "subscription", params: { path: "events.subscribe", input: {} } }));
    await sleep(100);
    socket.terminate();
    await sleep(100);
  });
  await sleep(200);
  await eventually(() => expect(registered()).toEqual([]));
});

test.each([
  ["an event stream", "/tenant/{tenant}/v1/events"],
  ["a tRPC subscription over HTTP", "/api/trpc/events.subscribe"],
])("%s that comes while its node ends is ended too", async (_name, path) => {
  const node = await stack.another();
  const { realtime, services } = node.api;
  let isEnded = () => {};
  const ended = new Promise<void>((resolve) => (isEnded = resolve));
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  const snapshot = services.security.snapshot.bind(services.security);
  services.security.snapshot = async (id) => {
    isAsked();
    await ended;
    return snapshot(id);
  };
  const end = realtime.close.bind(realtime);
  realtime.close = () => {
    const closed = end();
    isEnded();
    return closed;
  };
  const accept = "text/event-stream";
  const of = { ...headers, accept, "x-tenant-id": tenant.tenantId };
  const address = node.url + path.replace("{tenant}", tenant.tenantId);
  const over = fetch(address, { headers: of }).then(
    (answer) => answer.text().catch(() => "cut off"),
    () => "cut off",
  );
  await asked;
  await node.api.close();
  await over;
  expect(realtime.connectionsOf(tenant.tenantId)).toEqual([]);
});
