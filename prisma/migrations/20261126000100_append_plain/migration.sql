-- The plain send, which nearly every batch is made of only: everybody is a member who may write, no key was seen before, every reply is
-- to a message of its chat. Few short statements over arrays: a send costs two thirds of what it costs append_messages_v1, which has
-- to be ready for every outcome of every input. A batch with anything else in it is left alone, and goes there.

-- Its planner thinks so little of tables it has no figures for that it compiled each call.
alter function append_messages_v1(text, json) set jit = off;

-- Parallel arrays. A pair is a chat and a sender; a send names its pair, and its number within the chat's part of the batch.
--   pair_chat, pair_sender   pair_last: number of the pair's last send
--   head_pair                a pair of each chat; head_count: sends to it; head_last: place of its last send in the batch
--   pair, nth, id, content   a send; payload: its JSON, opening brace left out, separated by \x01, which JSON never holds
--   client_key, client_hash, metadata, mentions, reply   null, or with an entry a send
--   key_chat, key_sender, key, key_id, key_hash          what is claimed in send_keys
-- Answers, as one text, for rows and times cost their reader more: the position before the first send, their time in ms since 1970, and
-- the last seq before the batch of each pair's chat. Null: nothing was done.
create function append_plain_v1(t text, pair_chat uuid[], pair_sender text[], pair_last int[], head_pair int[], head_count int[],
  head_last int[], pair int[], nth int[], id uuid[], content text[], payload text, client_key text[], client_hash text[],
  metadata text[], mentions text[], reply uuid[], key_chat uuid[], key_sender text[], key text[], key_id uuid[], key_hash text[])
returns text
language plpgsql volatile security invoker
set enable_seqscan = off set enable_indexscan = on set enable_mergejoin = off set enable_hashjoin = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_variable
declare
  place bigint;
  at timestamptz;
  bases bigint[];
  stamp text;
  plain boolean;
  members_at tid[];
  heads_at tid[];
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  at := date_trunc('milliseconds', clock_timestamp());

  select count(*) = cardinality(pair_chat) and bool_and(b.may), array_agg(b.member_at), array_agg(b.head_at), array_agg(b.last_seq)
  into plain, members_at, heads_at, bases
  from unnest(pair_chat, pair_sender) as i (chat, sender)
  cross join lateral (
    select m.ctid as member_at, h.ctid as head_at, h.last_seq,
      (m.role <> 'member' or not c.frozen) and coalesce(m.muted_until <= at, true) as may
    from members m
    join chats c on c.tenant_id = t and c.id = m.chat_id and c.deleted_at is null
    join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id
    where m.tenant_id = t and m.chat_id = i.chat and m.user_id = i.sender limit 1) b;
  if plain and reply is not null then
    select bool_and(exists (
      select 1 from messages g where g.tenant_id = t and g.id = r.reply and g.chat_id = pair_chat[r.pair])) into plain
    from unnest(reply, pair) as r (reply, pair) where r.reply is not null;
  end if;
  if plain is not true then return null; end if;

  if key is not null then
    begin
      insert into send_keys (tenant_id, chat_id, sender_id, key, message_id, body_hash, created_at)
      select t, k.chat, k.sender, k.key, k.id, k.hash, at
      from unnest(key_chat, key_sender, key, key_id, key_hash) as k (chat, sender, key, id, hash);
    exception when unique_violation then return null; -- a repeat, or twins in the batch
    end;
  end if;

  update tenant_log l set position = place + cardinality(id) where l.tenant_id = t;
  insert into messages (tenant_id, chat_id, seq, id, sender_id, content, metadata, mention_user_ids, reply_to_id, client_message_id,
    position, created_at)
  select t, pair_chat[s.pair], bases[s.pair] + s.nth, s.id, pair_sender[s.pair], s.content, coalesce(s.metadata::jsonb, '{}'),
    coalesce(s.mentions::text[], '{}'), s.reply, s.key, place + s.o, at
  from unnest(pair, nth, id, content, client_key, metadata, mentions, reply) with ordinality
    as s (pair, nth, id, content, key, metadata, mentions, reply, o);
  stamp := ',"createdAt":"' || iso_time(at) || '",';
  insert into events (tenant_id, position, type, chat_id, seq, payload, client_hash, at)
  select t, place + s.o, 'message.created', pair_chat[s.pair], bases[s.pair] + s.nth,
    ('{"seq":' || (bases[s.pair] + s.nth) || stamp || s.payload)::jsonb, s.hash, at
  from unnest(pair, nth, string_to_array(payload, e'\x01'), client_hash) with ordinality as s (pair, nth, payload, hash, o);
  -- By row address: under the head nobody else moves these rows. Of a table it has no figures of the planner would still go through all
  -- of the tenant's rows instead, so that it gets no other way.
  perform set_config('enable_indexscan', 'off', true);
  update chat_heads h set last_seq = h.last_seq + g.count, last_message_id = id[g.last], active_at = at, last_position = place + g.last
  from unnest(head_pair, head_count, head_last) as g (pair, count, last)
  where h.ctid = heads_at[g.pair] and h.tenant_id = t;
  -- Rows, not places in an array: a place would have to be cast, and no condition that may fail goes below row-level security.
  update members m set last_read_seq = g.base + g.last
  from unnest(members_at, bases, pair_last) as g (at, base, last)
  where m.ctid = g.at and m.tenant_id = t;
  return place || ' ' || (extract(epoch from at) * 1000)::bigint || ' ' || array_to_string(bases, ' ');
end $f$;
