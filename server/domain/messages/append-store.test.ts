import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../ids.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import { appendPlain, type Send } from "./append-store.ts";
import { storeMessage } from "./lane-store.ts";
import { loadMessages } from "./store.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: pg.Client;
let chats: [Chat, Chat];

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  tenant = await stack.tenant("acme");
  const make = async () => (await tenant.as("ada")<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  chats = [await make(), await make()];
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

function sendOf(fields: Partial<Send["message"]> = {}, more: Partial<Send> = {}): Send {
  const message = { id: newId(), chatId: chats[0].id, senderId: "ada", content: "hi", metadata: {}, ...fields };
  return { message, bodyHash: "hash", ...more };
}

const append = (sends: Send[]) => appendPlain(stack.api.services.db.pool, tenant.tenantId, sends);
const store = (send: Send) => storeMessage(stack.api.services.db, tenant.tenantId, send);

/** Everything that a batch could have left behind. */
async function traces(): Promise<unknown> {
  const { rows } = await owner.query(
    `select (select position from tenant_log where tenant_id = 'acme'), (select count(*) from events where tenant_id = 'acme') as events,
      (select count(*) from messages where tenant_id = 'acme') as messages, (select count(*) from send_keys where tenant_id = 'acme') as keys,
      (select json_agg(h order by chat_id) from chat_heads h where tenant_id = 'acme') as heads,
      (select json_agg(m order by chat_id, user_id) from members m where tenant_id = 'acme') as members`,
  );
  return rows[0];
}

describe("a plain batch", () => {
  test("is stored as it was said, whatever is in it, and its events say the same", async () => {
    const first = await store(sendOf());
    const nasty = [`"quoted" \\ {NULL,'x'}`, "NULL", "{}", "\u0001\t\n", "", "👩‍👩‍👧 ünïcode", "\\u0000", "\\\\"];
    const sends = [
      ...nasty.map((content) => sendOf({ content, clientMessageId: `key ${content}`, chatId: chats[1].id })),
      sendOf({ senderId: "ben", metadata: { 'a"\\': [1e300, null, { b: "\u0001" }] } }),
      sendOf({ replyToId: first.message.id, mentionUserIds: ["ben", 'o"\\,{}'] }, { clientHash: "c" }),
      sendOf({ senderId: "ben", chatId: chats[1].id }, { idempotencyKey: "once", clientHash: undefined }),
    ];
    const appended = await append(sends);
    const at = appended?.at.toISOString();
    const stored = await loadMessages(stack.api.services.db.pool, tenant.tenantId, [
      ...sends.map(({ message }) => message.id),
    ]);
    const said = sends.map(({ message }, i) => ({ ...message, seq: appended?.seqs[i], createdAt: at }));
    expect(sends.map(({ message }) => stored.get(message.id))).toEqual(said);
    const { rows } = await owner.query<{ payload: object; client_hash: string | null }>(
      "select payload, client_hash, position::int from events where tenant_id = 'acme' and position > $1 order by position",
      [appended?.place],
    );
    expect(rows.map(({ payload }) => payload)).toEqual(said);
    expect(rows.map(({ client_hash }) => client_hash)).toEqual(sends.map(({ clientHash }) => clientHash ?? null));
    expect(appended?.seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 2, 3, 9]);
  });

  test("moves each sender's own read position and each chat's head to its last message", async () => {
    const sends = [sendOf(), sendOf({ senderId: "ben" }), sendOf(), sendOf({ chatId: chats[1].id })];
    const appended = await append(sends);
    const { rows } = await owner.query(
      `select m.user_id, m.last_read_seq::int as read, h.last_seq::int as last, h.last_position::int as position, h.last_message_id as id
       from members m join chat_heads h using (tenant_id, chat_id) where m.tenant_id = 'acme' and chat_id = $1 order by user_id`,
      [chats[0].id],
    );
    const [one = 0, two = 0, three = 0] = appended?.seqs ?? [];
    const head = { last: three, position: (appended?.place ?? 0) + 3, id: sends[2]?.message.id };
    expect([two, three]).toEqual([one + 1, one + 2]);
    expect(rows).toEqual([
      { user_id: "ada", read: three, ...head },
      { user_id: "ben", read: two, ...head },
    ]);
  });
});

describe("a batch with anything else in it is left alone, without a trace", () => {
  const elsewhere = newId();
  const others: [string, () => Promise<Send[]>][] = [
    ["a stranger", async () => [sendOf({ senderId: "eve" })]],
    ["no chat", async () => [sendOf({ chatId: elsewhere })]],
    ["a reply to nothing", async () => [sendOf({ replyToId: elsewhere })]],
    ["a reply to another chat", async () => [sendOf({ replyToId: await idIn(chats[1]) })]],
    ["a repeat by client key", async () => [await again({ clientMessageId: "again" })]],
    ["a repeat by idempotency key", async () => [await again({}, { idempotencyKey: "again" })]],
    ["twins", async () => [sendOf({ clientMessageId: "twin" }), sendOf({ clientMessageId: "twin" })]],
  ];
  const idIn = async ({ id }: Chat) => (await store(sendOf({ chatId: id }))).message.id;
  const again = async (fields: Partial<Send["message"]>, more: Partial<Send> = {}) => {
    await store(sendOf(fields, more));
    return sendOf(fields, more);
  };

  test.each(others)("%s", async (_name, make) => {
    const sends = [sendOf({ clientMessageId: newId() }), ...(await make()), sendOf({ chatId: chats[1].id })];
    const before = await traces();
    expect(await append(sends)).toBeUndefined();
    expect(await traces()).toEqual(before);
  });

  test("the muted and the frozen", async () => {
    const sends = [sendOf({ senderId: "ben" })];
    await owner.query("update members set muted_until = now() + interval '1 hour' where user_id = 'ben'");
    expect(await append(sends)).toBeUndefined();
    await owner.query("update members set muted_until = now() - interval '1 hour' where user_id = 'ben'");
    await owner.query("update chats set frozen = true");
    expect(await append(sends)).toBeUndefined();
    expect(await append([sendOf()])).toBeDefined(); // its owner may
    await owner.query("update chats set frozen = false");
    expect(await append(sends)).toBeDefined();
  });
});

test("reads the rows that it writes and no others, of tables that nobody has counted", async () => {
  const tables = ["chats", "chat_heads", "members"];
  for (const table of tables) await owner.query(`alter table ${table} set (autovacuum_enabled = off)`);
  await owner.query(
    "insert into chats (tenant_id, id, kind, created_by) select 'acme', c, 'group', 'ada' from unnest($1::uuid[]) c",
    [Array.from({ length: 1000 }, newId)],
  );
  await owner.query(
    "insert into chat_heads (tenant_id, chat_id) select tenant_id, id from chats on conflict do nothing",
  );
  await owner.query(
    "insert into members (tenant_id, chat_id, user_id) select tenant_id, id, u from chats, unnest(array['ada', 'ben', 'cy']) u on conflict do nothing",
  );
  const client = await stack.api.services.db.pool.connect();
  try {
    await client.query("begin");
    const read = async () => {
      const { rows } = await client.query<{ rows: number }>(
        "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname = any ($1)",
        [tables],
      );
      return rows[0]?.rows ?? 0;
    };
    const before = await read();
    await appendPlain(client, tenant.tenantId, [sendOf(), sendOf({ chatId: chats[1].id, senderId: "ben" })]);
    expect((await read()) - before).toBeLessThan(20);
  } finally {
    await client.query("rollback");
    client.release();
  }
});
