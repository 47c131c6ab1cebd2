-- What Prisma cannot express: row-level security, the log's functions, and who may call them.
-- Functions carry a version in their name: two releases may run against one schema.

-- ── Tenant walls ────────────────────────────────────────────────────────────────────────────────────────────────────
create function app_tenant() returns text language sql stable
return nullif(current_setting('app.tenant', true), '');

do $$
declare name text;
begin
  foreach name in array array['tenant_log', 'api_keys', 'issuers', 'users', 'chats', 'chat_heads', 'members', 'membership_spans',
    'messages', 'message_edits', 'send_keys', 'events', 'idempotency_keys', 'presences'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant_wall on tenants using (id = (select app_tenant())) with check (id = (select app_tenant()));

-- A log's head and a chat's head are updated with every message: room on the page keeps the updates HOT.
alter table tenant_log set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
alter table chat_heads set (fillfactor = 70);
alter table members set (fillfactor = 80);
-- Few events are of one user: those of chats, nearly all, need no entry here, and a send pays for every index it writes.
create index events_of_user on events (tenant_id, user_id, position) where user_id is not null;
create index users_revoked on users (tenant_id, valid_after) where valid_after is not null;
create index send_keys_expiring on send_keys (created_at) where key like 'i:%';

-- ── Epoch ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 48 bits that change with the head's random value, a restored server (system identifier) and a promotion (timeline). Postgres
-- reads a file to answer for the latter two: once a statement, not once a log.
create function epoch_of_v1(head_epoch bigint, system_identifier bigint, timeline_id integer) returns bigint language sql stable
return ('x' || substr(md5(head_epoch || ':' || system_identifier || ':' || timeline_id), 1, 12))::bit(48)::bigint;

create function log_epoch_v1(head_epoch bigint) returns bigint language sql stable
return (select epoch_of_v1(head_epoch, s.system_identifier, c.timeline_id) from pg_control_system() s, pg_control_checkpoint() c);

create function iso_time(t timestamptz) returns text language sql immutable
return to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- ── Sends: one batch of one tenant, one statement, one commit ───────────────────────────────────────────────────────
-- input: [{c chat, s sender, m message id, p payload, k client key, i idempotency key, b body hash, h client hash}] in order.
-- A client key belongs to its chat; an idempotency key to the sender's sends as a whole, so it is held under the nil chat.
-- Each input gets one row: ok, replay (of the stored message), conflict (the key holds another body), not_member, frozen, muted, no_reply.
-- The plan must not depend on statistics (a fresh table has none): keyed look-ups by LATERAL, no sequential scan.
create function append_messages_v1(t text, input json)
returns table (ord int, outcome text, seq bigint, pos bigint, message_id uuid, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  moment timestamptz;
  moment_text text;
  place bigint;
  answered int;
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  moment := date_trunc('milliseconds', clock_timestamp());
  moment_text := iso_time(moment);
  return query
  with input_rows as materialized (
    select r.ordinality::int as o, r.c, r.s, r.m, r.p, r.k, r.i, r.b, r.h
    from rows from (json_to_recordset(input) as (c uuid, s text, m uuid, p jsonb, k text, i text, b text, h text)) with ordinality r
  ), judged as materialized (
    select i.*, b.row_at as member_at, case
      when b.role is null then 'not_member'
      when b.frozen and b.role = 'member' then 'frozen'
      when b.muted_until > moment then 'muted'
      when i.p ? 'replyToId' and a.id is null then 'no_reply'
      else 'ok' end as verdict
    from input_rows i
    left join lateral (
      select m.ctid as row_at, m.role, m.muted_until, ch.frozen
      from members m join chats ch on ch.tenant_id = t and ch.id = m.chat_id and ch.deleted_at is null
      where m.tenant_id = t and m.chat_id = i.c and m.user_id = i.s limit 1) b on true
    left join lateral (
      select g.id from messages g where i.p ? 'replyToId' and g.tenant_id = t and g.id = (i.p ->> 'replyToId')::uuid and g.chat_id = i.c limit 1) a on true
  ), claim_client as (
    insert into send_keys as sk (tenant_id, chat_id, sender_id, key, message_id, body_hash, created_at)
    select t, j.c, j.s, 'c:' || j.k, j.m, j.b, moment from judged j where j.verdict = 'ok' and j.k is not null order by j.o
    on conflict do nothing returning sk.message_id
  ), past_client as materialized (
    select j.* from judged j where j.verdict = 'ok' and (j.k is null or j.m in (select message_id from claim_client))
  ), claim_idem as (
    insert into send_keys as sk (tenant_id, chat_id, sender_id, key, message_id, body_hash, created_at)
    select t, '00000000-0000-0000-0000-000000000000', j.s, 'i:' || j.i, j.m, j.b, moment from past_client j where j.i is not null order by j.o
    on conflict do nothing returning sk.message_id
  ), numbered as materialized (
    select j.*, place + row_number() over (order by j.o) as pos, h.last_seq + row_number() over (partition by j.c order by j.o) as q, h.row_at as head_at
    from past_client j cross join lateral (
      select h.ctid as row_at, h.last_seq from chat_heads h where h.tenant_id = t and h.chat_id = j.c limit 1) h
    where j.i is null or j.m in (select message_id from claim_idem)
  ), head as (
    update tenant_log l set position = place + (select count(*) from numbered) where l.tenant_id = t
  ), chat as (
    -- By row address: under the head nobody else moves these rows, and no plan can go through all of a tenant's chats instead.
    update chat_heads h set last_seq = g.last_seq, last_message_id = g.last_id, active_at = moment, last_position = g.last_pos
    from (select n.head_at, max(n.q) as last_seq, max(n.pos) as last_pos, (array_agg(n.m order by n.o desc))[1] as last_id from numbered n group by n.head_at) g
    where h.ctid = g.head_at and h.tenant_id = t
  ), stored as (
    insert into messages (tenant_id, chat_id, seq, id, sender_id, content, metadata, mention_user_ids, reply_to_id, client_message_id, position, created_at)
    select t, n.c, n.q, n.m, n.s, n.p ->> 'content', coalesce(n.p -> 'metadata', '{}'),
      case when n.p ? 'mentionUserIds' then array(select jsonb_array_elements_text(n.p -> 'mentionUserIds')) else '{}' end,
      (n.p ->> 'replyToId')::uuid, n.k, n.pos, moment
    from numbered n
  ), logged as (
    insert into events (tenant_id, position, type, chat_id, seq, payload, client_hash, at)
    select t, n.pos, 'message.created', n.c, n.q, n.p || jsonb_build_object('seq', n.q, 'createdAt', moment_text), n.h, moment
    from numbered n
  ), own_read as (
    update members b set last_read_seq = g.q from (select n.member_at, max(n.q) as q from numbered n group by n.member_at) g
    where b.ctid = g.member_at and b.tenant_id = t
  )
  select j.o, case when n.o is not null then 'ok' else j.verdict end, n.q, n.pos, j.m, moment
  from judged j left join numbered n on n.o = j.o
  where n.o is not null or j.verdict <> 'ok';
  get diagnostics answered = row_count;

  -- Who is left had a key that somebody holds: release what its other key claimed, then answer with what is stored.
  if answered < json_array_length(input) then
    delete from send_keys k using json_to_recordset(input) as r (c uuid, s text, m uuid)
    where k.tenant_id = t and k.chat_id in (r.c, '00000000-0000-0000-0000-000000000000') and k.sender_id = r.s and k.message_id = r.m
      and not exists (select 1 from messages g where g.tenant_id = t and g.id = r.m);
    return query
    select r.ordinality::int, case when held.body_hash = r.b then 'replay' else 'conflict' end, g.seq, g.position, g.id, g.created_at
    from rows from (json_to_recordset(input) as (c uuid, s text, m uuid, k text, i text, b text)) with ordinality r
    cross join lateral (
      select k.message_id, k.body_hash from send_keys k
      where k.tenant_id = t and k.sender_id = r.s and ((k.chat_id = r.c and k.key = 'c:' || r.k)
        or (k.chat_id = '00000000-0000-0000-0000-000000000000' and k.key = 'i:' || r.i))
      order by k.key limit 1) held
    cross join lateral (select * from messages g where g.tenant_id = t and g.id = held.message_id limit 1) g
    where held.message_id <> r.m;
  end if;
end $f$;

-- ── Read positions ──────────────────────────────────────────────────────────────────────────────────────────────────
-- input: [{c, u, q seq, back bool, h client hash}]. Forwards only, unless back: then to just before q. One event a member and batch.
create function move_reads_v1(t text, input json)
returns table (ord int, outcome text, seq bigint, pos bigint, changed boolean, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare moment timestamptz;
begin
  perform set_config('app.tenant', t, true);
  perform 1 from tenant_log l where l.tenant_id = t for no key update;
  moment := date_trunc('milliseconds', clock_timestamp());
  return query
  with input_rows as materialized (
    select r.ordinality::int as o, r.c, r.u, r.q, coalesce(r.back, false) as back, r.h
    from rows from (json_to_recordset(input) as (c uuid, u text, q bigint, back boolean, h text)) with ordinality r
  ), wanted as materialized (
    select c, u, bool_or(back) as any_back, max(q) as q, (array_agg(q order by o desc))[1] as last_q,
      (array_agg(back order by o desc))[1] as last_back, (array_agg(h order by o desc))[1] as h, max(o) as o
    from input_rows group by c, u
  ), target as materialized (
    select w.*, b.last_read_seq as was, greatest(0, least(b.last_seq,
      case when w.last_back then w.last_q - 1 when w.any_back then w.last_q else greatest(b.last_read_seq, w.q) end)) as goal
    from wanted w cross join lateral (
      select m.last_read_seq, h.last_seq from members m join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id
      join chats ch on ch.tenant_id = t and ch.id = m.chat_id and ch.deleted_at is null
      where m.tenant_id = t and m.chat_id = w.c and m.user_id = w.u limit 1) b
  ), moved as materialized (
    select x.*, row_number() over (order by x.o) as tn from target x where x.goal <> x.was
  ), head as (
    update tenant_log l set position = l.position + (select count(*) from moved) where l.tenant_id = t
    returning l.position - (select count(*) from moved) as base
  ), written as (
    update members b set last_read_seq = v.goal from moved v where b.tenant_id = t and b.chat_id = v.c and b.user_id = v.u
  ), logged as (
    insert into events (tenant_id, position, type, user_id, payload, client_hash, at)
    select t, head.base + v.tn, 'read.moved', v.u, jsonb_build_object('chatId', v.c, 'userId', v.u, 'seq', v.goal), v.h, moment
    from moved v cross join head
  )
  select i.o, case when x.o is null then 'not_member' else 'ok' end, x.goal, head.base + v.tn, v.o = i.o, moment
  from input_rows i cross join head
  left join target x on x.c = i.c and x.u = i.u left join moved v on v.c = i.c and v.u = i.u;
end $f$;

-- ── Edits and deletions ─────────────────────────────────────────────────────────────────────────────────────────────
-- input: [{o 'edit' | 'delete', c, m, a actor, admin bool, content?, metadata?, mentions?, h}], taken one after the other: rare beside sends.
create function change_messages_v1(t text, input json)
returns table (ord int, outcome text, pos bigint, message jsonb, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  moment timestamptz;
  place bigint;
  r record;
  g messages%rowtype;
  actor_role text;
  kind text;
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  moment := date_trunc('milliseconds', clock_timestamp());
  for r in select i.* from rows from (json_to_recordset(input)
      as (o text, c uuid, m uuid, a text, admin boolean, content text, metadata jsonb, mentions jsonb, h text)) with ordinality i loop
    ord := r.ordinality; outcome := 'ok'; pos := null; message := null; at := moment;
    actor_role := null;
    select b.role into actor_role from members b join chats ch on ch.tenant_id = t and ch.id = b.chat_id and ch.deleted_at is null
      where b.tenant_id = t and b.chat_id = r.c and b.user_id = r.a;
    select * into g from messages x where x.tenant_id = t and x.id = r.m and x.chat_id = r.c;
    if (actor_role is null and not r.admin) or g.id is null then outcome := 'not_found';
    elsif not r.admin and g.sender_id is distinct from r.a and actor_role = 'member' then outcome := 'forbidden';
    elsif g.deleted_at is not null and r.o = 'edit' then outcome := 'deleted';
    end if;
    if outcome <> 'ok' then return next; continue; end if;

    if r.o = 'edit' then
      insert into message_edits (tenant_id, message_id, version, content, metadata, edited_by, edited_at, position)
      select t, g.id, 1 + count(*), g.content, g.metadata, r.a, moment, place + 1 from message_edits e where e.tenant_id = t and e.message_id = g.id;
      update messages x set content = coalesce(r.content, x.content), metadata = coalesce(r.metadata, x.metadata), edited_at = moment,
        mention_user_ids = case when r.mentions is null then x.mention_user_ids else array(select jsonb_array_elements_text(r.mentions)) end
      where x.tenant_id = t and x.id = g.id returning * into g;
      kind := 'message.edited';
    elsif g.deleted_at is null then
      update events e set payload = (e.payload - 'mentionUserIds') || jsonb_build_object('content', '', 'metadata', '{}'::jsonb, 'deletedAt', iso_time(moment))
      where e.tenant_id = t and e.position in (
        select g.position union all select x.position from message_edits x where x.tenant_id = t and x.message_id = g.id);
      delete from message_edits x where x.tenant_id = t and x.message_id = g.id;
      update messages x set content = '', metadata = '{}', mention_user_ids = '{}', deleted_at = moment
      where x.tenant_id = t and x.id = g.id returning * into g;
      kind := 'message.deleted';
    else
      kind := null; -- deleted twice: the first one stands
    end if;

    message := jsonb_build_object('id', g.id, 'chatId', g.chat_id, 'seq', g.seq, 'content', g.content, 'senderId', g.sender_id,
        'createdAt', iso_time(g.created_at), 'metadata', g.metadata)
      || case when g.edited_at is null then '{}' else jsonb_build_object('editedAt', iso_time(g.edited_at)) end
      || case when g.deleted_at is null then '{}' else jsonb_build_object('deletedAt', iso_time(g.deleted_at)) end
      || case when g.client_message_id is null then '{}' else jsonb_build_object('clientMessageId', g.client_message_id) end
      || case when g.reply_to_id is null then '{}' else jsonb_build_object('replyToId', g.reply_to_id) end
      || case when cardinality(g.mention_user_ids) = 0 then '{}' else jsonb_build_object('mentionUserIds', g.mention_user_ids) end;
    if kind is not null then
      place := place + 1; pos := place;
      insert into events (tenant_id, position, type, chat_id, seq, payload, client_hash, at)
      values (t, place, kind, g.chat_id, g.seq, message, r.h, moment);
      update chat_heads h set last_position = place where h.tenant_id = t and h.chat_id = g.chat_id;
    end if;
    return next;
  end loop;
  update tenant_log l set position = place where l.tenant_id = t and l.position <> place;
end $f$;

-- ── Rare changes: the head is locked, the caller writes, then its events are appended ───────────────────────────────
create function lock_head_v1(t text) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare place bigint;
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  return place;
end $f$;

-- input: [{type, c, u, q, p payload, n internal, h}]; the head must be locked by this transaction. Returns the last position.
create function append_events_v1(t text, input json) returns table (last_position bigint, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare moment timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  return query
  with rows_in as materialized (
    select r.* from rows from (json_to_recordset(input) as (type text, c uuid, u text, q bigint, p jsonb, n jsonb, h text)) with ordinality r
  ), head as (
    update tenant_log l set position = l.position + (select count(*) from rows_in) where l.tenant_id = t
    returning l.position - (select count(*) from rows_in) as base, l.position as last
  ), logged as (
    insert into events (tenant_id, position, type, chat_id, user_id, seq, payload, internal, client_hash, at)
    select t, head.base + r.ordinality, r.type, r.c, r.u, r.q, r.p, r.n, r.h, moment from rows_in r cross join head
  ), chat as (
    update chat_heads h set last_position = head.base + g.o
    from (select c, max(ordinality) as o from rows_in where c is not null group by c) g cross join head
    where h.tenant_id = t and h.chat_id = g.c
  )
  select head.last, moment from head;
end $f$;

-- ── Readers ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- One snapshot of where the log is and which chats a user sees.
create function reader_state_v1(t text, u text) returns table ("position" bigint, floor bigint, epoch bigint, chat_ids uuid[])
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select l.position, l.floor, log_epoch_v1(l.epoch),
    case when u is null then null else array(select m.chat_id from membership_spans m where m.tenant_id = t and m.user_id = u and m.to_position is null) end
  from tenant_log l where l.tenant_id = t;
end $f$;

-- Events of a tenant in (after, upto], oldest first.
create function read_events_v1(t text, after bigint, upto bigint, lim int)
returns table (pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at
  from events e where e.tenant_id = t and e.position > after and e.position <= upto order by e.position limit lim;
end $f$;

-- What one user may see of (after, upto], oldest first: events of chats while a span is open around them, and the user's own.
-- Few chats with news: one index probe each. Many: the log itself is scanned in windows, so that no work grows with chats x events.
create function read_user_events_v1(t text, u text, after bigint, upto bigint, lim int)
returns table (pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  busy int;
  low bigint := after;
  got int := 0;
  n int;
begin
  perform set_config('app.tenant', t, true);
  select count(*) into busy from (
    select 1 from membership_spans s join chat_heads h on h.tenant_id = t and h.chat_id = s.chat_id and h.last_position > after
    where s.tenant_id = t and s.user_id = u and (s.to_position is null or s.to_position > after) limit 51) b;
  if busy <= 50 then
    return query
    select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at from (
      (select e.* from membership_spans s
        join chat_heads h on h.tenant_id = t and h.chat_id = s.chat_id and h.last_position > after
        cross join lateral (
          select * from events e where e.tenant_id = t and e.chat_id = s.chat_id and e.position > after and e.position <= upto
            and e.position >= s.from_position and (s.to_position is null or e.position <= s.to_position)
          order by e.position limit lim) e
        where s.tenant_id = t and s.user_id = u and (s.to_position is null or s.to_position > after))
      union all
      (select e.* from events e where e.tenant_id = t and e.user_id = u and e.position > after and e.position <= upto order by e.position limit lim)
    ) e order by e.position limit lim;
    return;
  end if;
  while low < upto and got < lim loop
    return query
    select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at from events e
    where e.tenant_id = t and e.position > low and e.position <= least(low + 5000, upto)
      and (e.user_id = u or exists (select 1 from membership_spans s where s.tenant_id = t and s.user_id = u and s.chat_id = e.chat_id
        and s.from_position <= e.position and (s.to_position is null or s.to_position >= e.position)))
    order by e.position limit lim - got;
    get diagnostics n = row_count;
    got := got + n;
    low := low + 5000;
  end loop;
end $f$;

-- Messages of a chat by seq, and by id.
create function read_messages_v1(t text, c uuid, low bigint, high bigint, lim int, newest_first boolean) returns setof messages
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  if newest_first then
    return query select * from messages g where g.tenant_id = t and g.chat_id = c and g.seq between low and high order by g.seq desc limit lim;
  else
    return query select * from messages g where g.tenant_id = t and g.chat_id = c and g.seq between low and high order by g.seq limit lim;
  end if;
end $f$;

-- One message as a member may see it: what the guides fetch for every event.
create function find_visible_message_v1(t text, u text, c uuid, m uuid) returns setof messages
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return query select g.* from messages g where g.tenant_id = t and g.id = m and g.chat_id = c
    and exists (select 1 from members b where b.tenant_id = t and b.chat_id = c and b.user_id = u);
end $f$;

create function find_messages_v1(t text, ids uuid[]) returns setof messages
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return query select g.* from unnest(ids) as i(id) cross join lateral (select * from messages g where g.tenant_id = t and g.id = i.id limit 1) g;
end $f$;

-- What a member needs of a chat for its list and its access checks, one row a chat the user is in.
create function member_chats_v1(t text, u text, chats uuid[])
returns table (id uuid, kind text, name text, policy text, frozen boolean, metadata jsonb, created_by text, created_at timestamptz,
  last_seq bigint, last_position bigint, member_count int, last_message_id uuid, active_at timestamptz, role text, last_read_seq bigint,
  muted_until timestamptz, notify_mute text, notify_until timestamptz, unread int)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  select c.id, c.kind, c.name, c.policy, c.frozen, c.metadata, c.created_by, c.created_at, h.last_seq, h.last_position, h.member_count,
    h.last_message_id, h.active_at, m.role, m.last_read_seq, m.muted_until, m.notify_mute, m.notify_until, n.n::int
  from unnest(chats) with ordinality as i(id, o)
  cross join lateral (select * from chats c where c.tenant_id = t and c.id = i.id and c.deleted_at is null limit 1) c
  cross join lateral (select * from chat_heads h where h.tenant_id = t and h.chat_id = i.id limit 1) h
  cross join lateral (select * from members m where m.tenant_id = t and m.chat_id = i.id and m.user_id = u limit 1) m
  cross join lateral (select count(*) as n from (
    select 1 from messages g where g.tenant_id = t and g.chat_id = c.id and g.seq > m.last_read_seq and g.deleted_at is null and g.sender_id <> u
    order by g.seq limit 100) x) n
  order by i.o;
end $f$;

-- A user's chats, newest activity first; (before_at, before_id) or (after_at, after_id) continue, skip pages.
create function list_user_chats_v1(t text, u text, before_at timestamptz, before_id uuid, after_at timestamptz, after_id uuid, skip int, lim int)
returns table (id uuid, active_at timestamptz, total bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  with mine as (
    select h.chat_id, h.active_at from members m
    join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id
    where m.tenant_id = t and m.user_id = u
  ), cut as (
    select * from mine x where (before_at is null or (x.active_at, x.chat_id) < (before_at, before_id))
      and (after_at is null or (x.active_at, x.chat_id) > (after_at, after_id))
    order by case when after_at is not null then x.active_at end, case when after_at is not null then x.chat_id end, x.active_at desc, x.chat_id desc
    offset skip limit lim
  )
  select c.chat_id, c.active_at, (select count(*) from mine) from cut c order by c.active_at desc, c.chat_id desc;
end $f$;

-- ── Presence ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Who is connected on a node: input [{u, s state}] sets, state 'gone' takes out and notes when the user was last seen. Returns those
-- for whom that was news.
create function put_presence_v1(t text, node text, input json) returns table (user_id text)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  insert into presences as p (tenant_id, user_id, node_id, state)
  select t, r.u, node, r.s from json_to_recordset(input) as r (u text, s text) where r.s <> 'gone' order by r.u
  on conflict (tenant_id, user_id, node_id) do update set state = excluded.state where p.state <> excluded.state
  returning p.user_id;
  return query
  delete from presences p using json_to_recordset(input) as r (u text, s text)
  where r.s = 'gone' and p.tenant_id = t and p.user_id = r.u and p.node_id = node
  returning p.user_id;
  insert into users as x (tenant_id, id, last_seen_at)
  select t, r.u, date_trunc('milliseconds', now()) from json_to_recordset(input) as r (u text, s text) where r.s = 'gone' order by r.u
  on conflict (tenant_id, id) do update set last_seen_at = excluded.last_seen_at;
end $f$;

-- A user says how it is with all of its connections, whatever nodes they are on; true when that was news.
create function set_presence_v1(t text, u text, s text) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  update presences p set state = s where p.tenant_id = t and p.user_id = u and p.state <> s;
  return found;
end $f$;

-- The state of users over all live nodes: online before away before offline.
create function presence_v1(t text, wanted text[]) returns table (user_id text, state text, last_seen timestamptz)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select w.id, coalesce((
    select max(p.state) from presences p join nodes n on n.id = p.node_id and n.seen_at > now() - interval '20 seconds'
    where p.tenant_id = t and p.user_id = w.id), 'offline'), u.last_seen_at
  from unnest(wanted) as w(id) left join users u on u.tenant_id = t and u.id = w.id;
end $f$;

-- Takes out who was connected on nodes that no longer answer; returns them. They were last seen when their node was.
create function drop_dead_presence_v1(t text) returns table (user_id text)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query with dead as (
    delete from presences p where p.tenant_id = t
      and not exists (select 1 from nodes n where n.id = p.node_id and n.seen_at > now() - interval '20 seconds')
    returning p.user_id, coalesce((select n.seen_at from nodes n where n.id = p.node_id), p.since) as seen
  ), noted as (
    insert into users as x (tenant_id, id, last_seen_at) select t, d.user_id, max(d.seen) from dead d group by d.user_id order by d.user_id
    on conflict (tenant_id, id) do update set last_seen_at = greatest(x.last_seen_at, excluded.last_seen_at)
  )
  select distinct d.user_id from dead d;
end $f$;

-- Chats that users are in and that are small enough to show presence in.
create function presence_chats_v1(t text, wanted text[], at_most int) returns table (user_id text, chat_ids uuid[])
language plpgsql volatile security invoker set enable_seqscan = off set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select w.id, array(select m.chat_id from members m join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id
    where m.tenant_id = t and m.user_id = w.id and h.member_count <= at_most limit 5000)
  from unnest(wanted) as w(id);
end $f$;

-- ── The one look across tenants: where each log's head is, by a role that sees nothing else ─────────────────────────
grant usage, create on schema public to parley_heads;
create policy heads on tenant_log for select to parley_heads using (true);
grant select on tenant_log to parley_heads;
create function log_heads_v1(tenants text[]) returns table (tenant_id text, pos bigint, epoch bigint)
language sql stable security definer set search_path = pg_catalog, public
as $f$
  with server as materialized (select s.system_identifier, c.timeline_id from pg_control_system() s, pg_control_checkpoint() c)
  select l.tenant_id, l.position, epoch_of_v1(l.epoch, s.system_identifier, s.timeline_id) from tenant_log l cross join server s
  where tenants is null or l.tenant_id = any (tenants)
$f$;
alter function log_heads_v1(text[]) owner to parley_heads;
revoke all on function log_heads_v1(text[]) from public;
revoke create on schema public from parley_heads;

-- ── The runtime role: reads and writes rows, owns nothing ───────────────────────────────────────────────────────────
grant usage on schema public to parley_runtime;
grant select, insert, update, delete on all tables in schema public to parley_runtime;
alter default privileges in schema public grant select, insert, update, delete on tables to parley_runtime;
grant execute on function log_heads_v1(text[]) to parley_runtime;
do $$ begin
  if to_regclass('public._prisma_migrations') is not null then
    execute 'revoke all on table _prisma_migrations from parley_runtime';
  end if;
end $$;
