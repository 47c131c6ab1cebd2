import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintTenantId, type TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { pagesRead } from "../../testing/pages-read.ts";
import { type Stack, startStack } from "../../testing/stack.ts";
import { findTelling, saveWordings, type Told } from "./wording-store.ts";

let stack: Stack;
let tenantId: TenantId;
let chatId: string;
const members = 5_000;

/** A tenant that has grown since anybody counted: all of a large chat were told of its first ten messages. */
beforeAll(async () => {
  stack = await startStack();
  const tenant = await stack.tenant("acme");
  tenantId = mintTenantId(tenant.tenantId);
  chatId = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { name: "Large" })).body.id;
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query("analyze");
  await owner.query(
    `insert into messages (tenant_id, id, chat_id, seq, position, sender_id, content, created_at)
     select $1, gen_random_uuid(), $2::uuid, n, n, 'ada', 'm', now() from generate_series(1, 20) n`,
    [tenantId, chatId],
  );
  await owner.query(
    `with told as (select gen_random_uuid() as id, 'u' || n as user_id, n from generate_series(1, $3::int) n),
     notices as (insert into away_notices (tenant_id, chat_id, user_id, notification_id, from_seq, to_seq, at)
       select $1, $2::uuid, user_id, id, 1, 10, now() from told),
     there as (insert into members (tenant_id, chat_id, user_id, role) select $1, $2::uuid, user_id, 'member' from told),
     mails as (insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, type, subject, status, mail, epoch)
       select $1, gen_random_uuid(), 'event:' || n, user_id, 'email', 'away', id, 'ChatUnread', 's', 'sent', '{"messages": [{"text": "m"}]}', 1 from told)
     insert into notifications (tenant_id, id, user_id, type, subject, message, priority, metadata, status, position, created_at, chat_id)
     select $1, id, user_id, 'ChatUnread', 's', 'm', 1, '{"messages": [{"text": "m"}]}', 'visible', n, now(), $2::uuid from told`,
    [tenantId, chatId, members],
  );
  await owner.end();
});
afterAll(() => stack.close());

test("whom an edit of what they were not told or told without a quote is asked of the notices alone", async () => {
  const { db } = stack.api.services;
  for (const seq of [5, 11]) {
    const look = { chatId, seq, after: "", limit: 100 };
    const pages = await pagesRead(db, tenantId, "notifications", async (tx) => {
      expect(await findTelling(tx, tenantId, look)).toEqual([]);
    });
    expect(pages).toBeLessThan(20);
  }
});

test("what is put into other words is looked up by its key, and so is its mail", async () => {
  const { db } = stack.api.services;
  let told: Told[] = [];
  const found = await pagesRead(db, tenantId, "notifications", async (tx) => {
    told = await findTelling(tx, tenantId, { chatId, seq: 6, after: "", limit: 10 });
  });
  expect(told).toHaveLength(10);
  let n = 0;
  const save = async (tx: TenantTransaction) => {
    const messages = [{ senderId: "ada", sender: "Ada", text: `${n++}`, at: new Date().toISOString() }];
    const wordings = told.map(({ notificationId }) => ({ notificationId, message: "m", messages }));
    expect(await saveWordings(tx, tenantId, wordings)).toHaveLength(10);
  };
  const changed = await pagesRead(db, tenantId, "notifications", save);
  const mailed = await pagesRead(db, tenantId, "deliveries", save);
  for (const pages of [found, changed, mailed]) expect(pages).toBeLessThan(1000);
});
