import type { Owner } from "./owner.ts";

/** 10,000 messages over 500 chats as if they had been sent while the user `reader` was away; a kilobyte each. For a tenant without any. */
export async function missTenThousand(owner: Owner, tenantId: string): Promise<void> {
  await owner.makeChats(tenantId, 500, ["reader"]);
  const sql = `with c as (select id, row_number() over () - 1 as n from chats where tenant_id = $1),
      e as (insert into events (tenant_id, position, type, chat_id, seq, payload, at)
        select $1, p, 'message.created', c.id, (p - 1) / 500 + 1, jsonb_build_object('id', gen_random_uuid(), 'chatId', c.id,
          'seq', (p - 1) / 500 + 1, 'content', repeat('x', 1000), 'senderId', 'ada', 'createdAt', iso_time(now()), 'metadata', '{}'::jsonb), now()
        from generate_series(1, 10000) p join c on c.n = p % 500),
      h as (update chat_heads set last_position = 10000 where tenant_id = $1)
    update tenant_log set position = 10000 where tenant_id = $1`;
  await owner.client.query(sql, [tenantId]);
}
