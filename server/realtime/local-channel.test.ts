import { Pool } from "pg";
import { expect, test } from "vitest";
import { mintTenantId } from "../auth/principal.ts";
import { AppChannels } from "./app-channels.ts";
import { LocalChannel, type OutgoingChannel } from "./local-channel.ts";

// What comes between a write and its answer.

const grace = 3000;

test("who is refused is asked for anew where another of their pages came in meanwhile, and is forgotten when both have gone", () => {
  const local = new LocalChannel();
  local.enter("ada", null, 1);
  const first = local.input("presence-full", 0, grace);
  local.enter("ada", null, 1);
  local.wrote(first, ["ada"]);
  const second = local.input("presence-full", 0, grace);
  expect(second.m).toMatchObject([{ u: "ada", here: true, most: 1 }]);
  local.wrote(second, ["ada"]);
  local.leave("ada", undefined);
  local.leave("ada", undefined);
  expect(local.input("presence-full", 0, grace).m).toEqual([]);
  expect(local.idle).toBe(true);
});

test("what somebody says of themselves while they are written is written, too", () => {
  const local = new LocalChannel();
  local.enter("ada", "1", undefined);
  const first = local.input("presence-room", 0, grace);
  local.enter("ada", "2", undefined);
  local.wrote(first, []);
  const second = local.input("presence-room", 0, grace);
  expect(second.m).toMatchObject([{ u: "ada", i: "2", here: true }]);
  local.wrote(second, []);
  expect(local.input("presence-room", 0, grace).m).toEqual([]);
  local.enter("ada", "2", undefined); // on another node they may have said "1" again
  expect(local.input("presence-room", 0, grace).m).toMatchObject([{ u: "ada", i: "2", here: true }]);
});

test("who is to be watched while the database is away is not listened to for ever", async () => {
  const pool = new Pool({ connectionString: "postgres://nobody@127.0.0.1:1/nothing" });
  const channels = new AppChannels({ pool, nodeId: "node-1", say: () => {}, onError: () => {} });
  const watching = channels.watch(mintTenantId("acme"), ["#user-ada", "#user-ben"], { id: "1.2", hear: () => {} });
  await expect(watching).rejects.toThrow("ECONNREFUSED");
  const { tenants } = channels as unknown as { tenants: Map<string, unknown> };
  expect(tenants.size).toBe(0);
  await pool.end();
});

test("an older number of subscriptions that comes late changes nothing", async () => {
  const answer = { channel: "news", subscriptions: 2, before: 0, version: 8, added: [], removed: [], refused: [] };
  const pool = { query: async () => ({ rows: [answer] }) } as unknown as Pool;
  const channels = new AppChannels({ pool, nodeId: "node-1", say: () => {}, onError: () => {} });
  const tenantId = mintTenantId("acme");
  const counts: unknown[] = [];
  const hear = ({ news }: OutgoingChannel) => counts.push(news.kind === "count" && news.subscriptions);
  await channels.join(tenantId, "news", { id: "1.2", hear });
  const told = (version: number, subscriptions: number) => {
    const change = { channel: "news", subscriptions, before: 0, version, added: [], removed: [] };
    channels.receive({ kind: "channel-changes", tenantId, changes: [change] });
  };
  told(7, 1);
  told(0, 0);
  expect(counts).toEqual([]);
  told(9, 3);
  expect(counts).toEqual([3]);
});
