import pg from "pg";
import { expect, test } from "vitest";
import { RawHubClient } from "../testing/hub-client.ts";
import { startStack } from "../testing/stack.ts";

test("a revocation closes connections also while presence cannot be tidied", async () => {
  const stack = await startStack();
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const tenant = await stack.tenant("acme");
  await owner.query("drop function drop_dead_presence_v1(text)");
  const client = await RawHubClient.open(`${tenant.url}/hub`, await tenant.token("ada"));
  // Written as another node would, whose word about it is lost.
  await owner.query(
    `insert into users (tenant_id, id, valid_after) values ('acme', 'ada', now() + interval '1 second')
     on conflict (tenant_id, id) do update set valid_after = excluded.valid_after`,
  );
  expect(await client.closed).toMatchObject({ code: 4403 });
  await owner.end();
  await stack.close();
});
