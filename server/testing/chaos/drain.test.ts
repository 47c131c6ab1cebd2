import { afterAll, beforeAll, expect, test } from "vitest";
import { RawHubClient } from "../hub-client.ts";
import { type ApiProcess, type Fleet, type FleetTenant, openFleet } from "../processes.ts";
import { expectSoundLog, Owner } from "./owner.ts";
import { openTrpcReader, readByRest } from "./readers.ts";
import { Writers } from "./writers.ts";

const people = Array.from({ length: 16 }, (_, index) => `writer-${index}`);
let fleet: Fleet;
let owner: Owner;
let staying: ApiProcess;

beforeAll(async () => {
  fleet = await openFleet();
  owner = await Owner.open(fleet.database.ownerUrl);
  staying = await fleet.start();
}, 150_000);
afterAll(async () => {
  await owner.close();
  await fleet.close();
});

/** What keeps a careless server from ending: a call held open, a stream, sockets of both kinds, and one that never says anything. */
async function holdOpen(tenant: FleetTenant, node: ApiProcess) {
  const token = await tenant.token("listener");
  const { cursor } = await readByRest(node, tenant, token);
  const events = `${node.url}/tenant/${tenant.id}/v1/events`;
  const headers = { authorization: `Bearer ${token}` };
  const socket = await RawHubClient.open(`${node.url}/tenant/${tenant.id}/v1/hub`, token);
  const silent = new RawHubClient(`${node.url}/tenant/${tenant.id}/v1/hub`, headers);
  const poll = fetch(`${events}?after=${cursor}&wait=50`, { headers });
  const stream = await fetch(events, { headers: { ...headers, accept: "text/event-stream" } });
  const trpc = await openTrpcReader(node, token);
  return { socket, silent, poll, stream, trpc };
}

test("SIGTERM during 16 writers: all that was acknowledged is there, nobody sees a 500, everybody is told to come back", async () => {
  const node = await fleet.start();
  const tenant = await fleet.tenant("drain");
  const chatIds = await owner.makeChats(tenant.id, 20, people);
  const open = await holdOpen(tenant, node);
  const nodes = [node, staying];
  const writers = await Writers.prepare({ tenant, nodes, userIds: people, chatIds, messages: 60 });
  const written = writers.run();
  await writers.until(200);
  const { code, ms } = await node.kill("SIGTERM");
  await written;

  // Sockets have 6 s to close; what waits for a poll or for the limit takes 25 s and more.
  expect({ code, quick: ms < 20_000 }).toEqual({ code: 0, quick: true });
  writers.expectKept(await expectSoundLog(owner, tenant.id));
  expect(await open.socket.next(({ type }) => type === 7)).toMatchObject({ allowReconnect: true });
  await open.silent.closed;
  expect((await open.poll).status).toBe(503);
  expect(await open.stream.text()).toMatch(/^:/);
  open.trpc.close();
  expect(node.output()).not.toMatch(/"level":60|"msg":"internal/);
}, 150_000);

// With writers, from npm's terminal: start.test.ts.
test("SIGINT is the same stop", async () => {
  const tenant = await fleet.tenant("interrupted");
  const token = await tenant.token("listener");
  const socket = await RawHubClient.open(`${staying.url}/tenant/${tenant.id}/v1/hub`, token);
  expect(await staying.kill("SIGINT")).toMatchObject({ code: 0 });
  expect(await socket.next(({ type }) => type === 7)).toMatchObject({ allowReconnect: true });
  await socket.closed;
  expect(staying.output()).not.toMatch(/"level":60|"msg":"internal/);
}, 150_000);
