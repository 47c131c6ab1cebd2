import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pagesRead } from "../../testing/pages-read.ts";
import { type Stack, startStack } from "../../testing/stack.ts";
import { lookAtMembers } from "./member-store.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test("what a busy chat says meanwhile is gone through once, however many members are looked at", async () => {
  const { as, tenantId } = await stack.tenant("acme");
  const { db } = stack.api.services;
  const memberUserIds = Array.from({ length: 50 }, (_, n) => `m${n}`);
  const { body } = await as("ada")<{ id: string }>("POST", "/Chat", { name: "Busy", memberUserIds });
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query(
    `insert into messages (tenant_id, id, chat_id, seq, position, sender_id, content, created_at)
     select $1, gen_random_uuid(), $2::uuid, n, n, 'ada', 'm', now() - case when n <= 3 then interval '1 hour' else interval '0' end
     from generate_series(1, 5000) n`,
    [tenantId, body.id],
  );
  await owner.query("update chat_heads set last_seq = 5000 where chat_id = $1", [body.id]);
  await owner.query("analyze messages");
  await owner.end();
  const look = { chatId: body.id, after: "", limit: 100, ripe: new Date(Date.now() - 15 * 60_000) };
  const pages = await pagesRead(db, tenantId, "messages", async (tx) => {
    const { waiting } = await lookAtMembers(tx, tenantId, look);
    expect(waiting).toHaveLength(50);
    expect(waiting[0]).toMatchObject({ userId: "m0", fromSeq: 1, toSeq: 3, count: 3 });
  });
  expect(pages).toBeLessThan(1000);
});
