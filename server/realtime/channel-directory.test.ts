import { Client } from "pg";
import { expect, test } from "vitest";
import { startStack } from "../testing/stack.ts";

test("who asks about a channel is not told of a dead node's, and leaves those that nobody asks about to the round", async () => {
  const stack = await startStack();
  const { tenantId } = await stack.tenant("acme");
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const write = "select from change_channels_v1($1, 'dead', $2)";
  const channels = ["presence-one", "presence-two"].map((c) => ({ c, n: 1, m: [{ u: "ada", i: null }] }));
  await owner.query(write, [tenantId, JSON.stringify(channels)]);
  const kept = async () =>
    (await owner.query("select name from channels where tenant_id = $1", [tenantId])).rows.map(({ name }) => name);
  expect(await kept()).toHaveLength(2);
  const { directory } = stack.api.realtime.channels;
  const found = await directory.look(tenantId, ["presence-one", "none"]);
  expect(found.get("presence-one")).toMatchObject({ subscriptions: 0, members: new Map() });
  expect(await kept()).toEqual(["presence-two"]);
  expect(await directory.list(tenantId, "", 10)).toEqual([]);
  expect(await kept()).toEqual([]);
  await owner.end();
  await stack.close();
});
