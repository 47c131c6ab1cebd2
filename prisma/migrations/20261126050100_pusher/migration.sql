-- CreateTable
CREATE TABLE "pusher_apps" (
    "tenant_id" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "client_events" BOOLEAN NOT NULL DEFAULT true,
    "subscription_counts" BOOLEAN NOT NULL DEFAULT true,
    "webhooks" JSONB NOT NULL DEFAULT '[]',
    "batch_webhooks" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pusher_apps_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "channels" (
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subscriptions" INTEGER NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "channels_pkey" PRIMARY KEY ("tenant_id","name")
);

-- CreateTable
CREATE TABLE "channel_nodes" (
    "tenant_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "subscriptions" INTEGER NOT NULL,

    CONSTRAINT "channel_nodes_pkey" PRIMARY KEY ("tenant_id","channel","node_id")
);

-- CreateTable
CREATE TABLE "channel_members" (
    "tenant_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "info" TEXT,

    CONSTRAINT "channel_members_pkey" PRIMARY KEY ("tenant_id","channel","user_id","node_id")
);

-- CreateTable
CREATE TABLE "channel_cache" (
    "tenant_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "data" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_cache_pkey" PRIMARY KEY ("tenant_id","channel")
);

-- CreateTable
CREATE TABLE "channel_notices" (
    "tenant_id" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "user_id" TEXT,
    "body" JSONB NOT NULL DEFAULT '{}',
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "channel_notices_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "channel_notices_tenant_id_channel_name_idx" ON "channel_notices"("tenant_id", "channel", "name");

-- ── Tenant walls ────────────────────────────────────────────────────────────────────────────────────────────────────
do $$
declare name text;
begin
  foreach name in array array['pusher_apps', 'channels', 'channel_nodes', 'channel_members', 'channel_cache', 'channel_notices'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;
grant usage on sequence channel_notices_id_seq to parley_runtime;
alter table channels set (fillfactor = 70);
alter table channel_nodes set (fillfactor = 70);

-- ── The app as calls and connections are checked against it ─────────────────────────────────────────────────────────
create function pusher_app_v1(t text) returns json
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return (select json_build_object('appId', a.app_id, 'key', a.key, 'secret', a.secret, 'enabled', a.enabled, 'clientEvents', a.client_events,
    'subscriptionCounts', a.subscription_counts, 'webhooks', a.webhooks, 'batchWebhooks', a.batch_webhooks) from pusher_apps a where a.tenant_id = t);
end $f$;

-- ── Who is in which channel ─────────────────────────────────────────────────────────────────────────────────────────
-- input: [{c channel, n connections on this node (null: as it was), dead (take out what nodes that no longer answer hold),
--   m: [{u user, i info, here, held, most}]}]. What a node says of itself is absolute, so that saying it twice changes nothing.
-- Each channel's row is locked, in the order of names: of two nodes that say something at once, one is first and the other knows.
-- A user is added with the first connection of all nodes and removed with the last; `refused` are those over `most`.
create function change_channels_v1(t text, node text, input json)
returns table (channel text, subscriptions int, before bigint, version bigint, added json, removed text[], refused text[])
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  r record;
  m record;
  place channels%rowtype;
  wanted text[];
  there boolean;
  hold constant interval := interval '3 seconds';
  moment timestamptz := clock_timestamp();
  total int;
begin
  perform set_config('app.tenant', t, true);
  select coalesce(array(select distinct e from jsonb_array_elements(a.webhooks) w, jsonb_array_elements_text(w -> 'events') e), '{}')
    into wanted from pusher_apps a where a.tenant_id = t;
  for r in select i.* from json_to_recordset(input) as i (c text, n int, dead boolean, m json) order by i.c loop
    channel := r.c; added := '[]'; removed := '{}'; refused := '{}';
    insert into channels as ch (tenant_id, name) values (t, r.c)
      on conflict (tenant_id, name) do update set subscriptions = ch.subscriptions returning ch.* into place;
    before := place.version;

    if r.dead then
      delete from channel_nodes d where d.tenant_id = t and d.channel = r.c
        and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds');
      with gone as (
        delete from channel_members d where d.tenant_id = t and d.channel = r.c
          and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds')
        returning d.user_id, d.node_id)
      select coalesce(array_agg(distinct g.user_id), '{}') into removed from gone g where not exists (
        select 1 from channel_members o where o.tenant_id = t and o.channel = r.c and o.user_id = g.user_id
          and o.node_id not in (select x.node_id from gone x));
    elsif r.n > 0 then
      insert into channel_nodes as d (tenant_id, channel, node_id, subscriptions) values (t, r.c, node, r.n)
        on conflict (tenant_id, channel, node_id) do update set subscriptions = excluded.subscriptions;
    elsif r.n = 0 then
      delete from channel_nodes d where d.tenant_id = t and d.channel = r.c and d.node_id = node;
    end if;

    for m in select x.* from json_to_recordset(coalesce(r.m, '[]')) as x (u text, i text, here boolean, held boolean, most int) order by x.u loop
      there := exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u);
      if m.here and not there and m.most is not null
        and (select count(distinct b.user_id) from channel_members b where b.tenant_id = t and b.channel = r.c) >= m.most then
        refused := refused || m.u;
      elsif m.here then
        insert into channel_members as b (tenant_id, channel, user_id, node_id, info) values (t, r.c, m.u, node, m.i)
          on conflict (tenant_id, channel, user_id, node_id) do update set info = excluded.info;
        if not there then added := (added::jsonb || jsonb_build_object('u', m.u, 'i', m.i))::json; end if;
      else
        delete from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u and b.node_id = node;
        if there and not exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u) then
          removed := removed || m.u;
        end if;
      end if;
    end loop;

    select coalesce(sum(d.subscriptions), 0)::int into total from channel_nodes d where d.tenant_id = t and d.channel = r.c;
    subscriptions := total;
    version := before;
    if json_array_length(added) > 0 or cardinality(removed) > 0 then
      version := greatest(before + 1, (extract(epoch from moment) * 1000000)::bigint);
    end if;
    if total = 0 and not exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c) then
      delete from channels ch where ch.tenant_id = t and ch.name = r.c;
      version := 0;
    else
      update channels ch set subscriptions = total, version = change_channels_v1.version where ch.tenant_id = t and ch.name = r.c;
    end if;

    if left(r.c, 1) <> '#' and cardinality(wanted) > 0 then
      perform note_channel_v1(t, r.c, place.subscriptions, total, added, removed, wanted,
        (select coalesce(array_agg(x.u), '{}') from json_to_recordset(coalesce(r.m, '[]')) as x (u text, held boolean) where x.held));
    end if;
    return next;
  end loop;
end $f$;

-- Has the tenant's webhooks told what is due at a moment: one job for all that is due within the same second.
create function call_channel_webhooks_v1(t text, moment timestamptz) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare due timestamptz := case when moment <= clock_timestamp() then null else date_trunc('second', moment) + interval '1 second' end;
begin
  perform enqueue_jobs_v1(json_build_array(json_build_object('task', 'channel-webhooks', 'payload', json_build_object('tenantId', t),
    'key', 'channel-webhooks:' || t || coalesce(':' || extract(epoch from due)::bigint, ''), 'run_at', due)));
end $f$;

-- Notes for the webhooks what a change of a channel means. Who leaves is told of after three seconds, and not at all when it is back by then.
create function note_channel_v1(t text, c text, was int, total int, added json, removed text[], wanted text[], held text[]) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  u text;
  noted boolean := false;
  moment timestamptz := clock_timestamp();
begin
  if was = 0 and total > 0 then
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'channel_vacated' and q.due_at > moment;
    if not found and 'channel_occupied' = any (wanted) then
      insert into channel_notices (tenant_id, name, channel, due_at, at) values (t, 'channel_occupied', c, moment, moment);
      noted := true;
    end if;
  end if;
  for u in select x.u from json_to_recordset(added) as x (u text) loop
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'member_removed' and q.user_id = u and q.due_at > moment;
    if not found and 'member_added' = any (wanted) then
      insert into channel_notices (tenant_id, name, channel, user_id, due_at, at) values (t, 'member_added', c, u, moment, moment);
      noted := true;
    end if;
  end loop;
  if 'member_removed' = any (wanted) then
    foreach u in array removed loop
      insert into channel_notices (tenant_id, name, channel, user_id, due_at, at)
      values (t, 'member_removed', c, u, case when u = any (held) then moment else moment + interval '3 seconds' end, moment);
      noted := true;
    end loop;
  end if;
  if was > 0 and total = 0 and 'channel_vacated' = any (wanted) then
    insert into channel_notices (tenant_id, name, channel, due_at, at) values (t, 'channel_vacated', c, moment + interval '3 seconds', moment);
    noted := true;
  end if;
  if was <> total and 'subscription_count' = any (wanted) and c not like 'presence-%' then
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'subscription_count';
    insert into channel_notices (tenant_id, name, channel, body, due_at, at)
    values (t, 'subscription_count', c, jsonb_build_object('subscription_count', total), moment, moment);
    noted := true;
  end if;
  if noted then
    perform call_channel_webhooks_v1(t, moment);
    perform call_channel_webhooks_v1(t, moment + interval '3 seconds');
  end if;
end $f$;

-- Takes out what nodes that no longer answer hold, and says what that changed.
create function drop_dead_channels_v1(t text)
returns table (channel text, subscriptions int, before bigint, version bigint, added json, removed text[], refused text[])
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare dead json;
begin
  perform set_config('app.tenant', t, true);
  select json_agg(json_build_object('c', x.channel, 'dead', true)) into dead from (
    select d.channel from channel_nodes d where d.tenant_id = t
      and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds')
    union select d.channel from channel_members d where d.tenant_id = t
      and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds')) x;
  if dead is not null then
    return query select * from change_channels_v1(t, '', dead);
  end if;
end $f$;

-- Of the channels [{c, v}] those whose members are not of that version, with their members. A channel that is not there has version 0.
create function channel_rosters_v1(t text, input json) returns table (channel text, version bigint, subscriptions int, members json)
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  select i.c, coalesce(ch.version, 0), coalesce(ch.subscriptions, 0), (
    select coalesce(json_agg(json_build_object('u', b.user_id, 'i', b.info) order by b.user_id), '[]')
    from (select distinct on (b.user_id) b.user_id, b.info from channel_members b
      where b.tenant_id = t and b.channel = i.c order by b.user_id, b.node_id) b)
  from json_to_recordset(input) as i (c text, v bigint) left join channels ch on ch.tenant_id = t and ch.name = i.c
  where i.v is distinct from coalesce(ch.version, 0);
end $f$;

-- Channels with subscribers, by the beginning of their names; users are counted of presence channels.
create function list_channels_v1(t text, prefix text, lim int) returns table (channel text, subscriptions int, users int)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select ch.name, ch.subscriptions,
    (select count(distinct b.user_id)::int from channel_members b where b.tenant_id = t and b.channel = ch.name)
  from channels ch where ch.tenant_id = t and ch.subscriptions > 0 and left(ch.name, 1) <> '#' and starts_with(ch.name, prefix)
  order by ch.name limit lim;
end $f$;

-- ── The last event of cache channels ────────────────────────────────────────────────────────────────────────────────
create function put_channel_cache_v1(t text, names text[], e text, d text) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  insert into channel_cache as k (tenant_id, channel, event, data, at) select t, n.name, e, d, clock_timestamp()
  from (select distinct x.name from unnest(names) as x(name) order by x.name) n
  on conflict (tenant_id, channel) do update set event = excluded.event, data = excluded.data, at = excluded.at;
end $f$;

create function channel_cache_v1(t text, c text, kept interval) returns table (event text, data text, ttl int)
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select k.event, k.data, greatest(1, ceil(extract(epoch from k.at + kept - now())))::int
  from channel_cache k where k.tenant_id = t and k.channel = c and k.at > now() - kept;
end $f$;

-- What nobody will be told any more: kept events that have run out, and notices whose webhook has not taken them for an hour.
create function retain_channels_v1(t text, cached_before timestamptz, noted_before timestamptz) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from channel_cache k where k.tenant_id = t and k.at < cached_before;
  get diagnostics gone = row_count;
  delete from channel_notices q where q.tenant_id = t and q.due_at < noted_before;
  get diagnostics more = row_count;
  return gone + more;
end $f$;

-- ── Notices for webhooks ────────────────────────────────────────────────────────────────────────────────────────────
-- input: [{n name, c channel, u user, b further fields}]; those that no webhook wants are left out. True when one was noted.
create function add_channel_notices_v1(t text, input json) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  insert into channel_notices (tenant_id, name, channel, user_id, body, due_at, at)
  select t, i.n, i.c, i.u, coalesce(i.b, '{}'), clock_timestamp(), clock_timestamp()
  from json_to_recordset(input) as i (n text, c text, u text, b jsonb)
  where exists (select 1 from pusher_apps a, jsonb_array_elements(a.webhooks) w
    where a.tenant_id = t and w -> 'events' ? i.n);
  if found then
    perform call_channel_webhooks_v1(t, clock_timestamp());
    return true;
  end if;
  return false;
end $f$;

-- Takes up to `lim` notices that are due, oldest first, for the transaction that tells them: another one skips them.
create function take_channel_notices_v1(t text, lim int) returns table (id bigint, name text, channel text, user_id text, body jsonb, at timestamptz)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query with due as (
    select q.id from channel_notices q where q.tenant_id = t and q.due_at <= clock_timestamp() order by q.due_at, q.id limit lim for update skip locked)
  delete from channel_notices q using due where q.tenant_id = t and q.id = due.id
  returning q.id, q.name, q.channel, q.user_id, q.body, q.at;
end $f$;

-- ── The log of one chat, or of what is a user's own, for a channel that resumes ─────────────────────────────────────
-- With a chat: its events while a span of the user is open around them. Without: the user's own events, and the ends of its spans
-- (chat.created, member.added, member.removed, chat.deleted).
create function read_channel_events_v1(t text, u text, c uuid, after bigint, upto bigint, lim int)
returns table (pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  if c is not null then
    return query select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at
    from events e where e.tenant_id = t and e.chat_id = c and e.position > after and e.position <= upto
      and exists (select 1 from membership_spans s where s.tenant_id = t and s.user_id = u and s.chat_id = c
        and s.from_position <= e.position and (s.to_position is null or s.to_position >= e.position))
    order by e.position limit lim;
  else
    return query select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at from (
      (select e.* from events e where e.tenant_id = t and e.user_id = u and e.position > after and e.position <= upto order by e.position limit lim)
      union all
      (select e.* from (
        select s.from_position as p from membership_spans s where s.tenant_id = t and s.user_id = u and s.from_position > after and s.from_position <= upto
        union select s.to_position from membership_spans s where s.tenant_id = t and s.user_id = u and s.to_position > after and s.to_position <= upto
        order by 1 limit lim) ends
      cross join lateral (select * from events e where e.tenant_id = t and e.position = ends.p limit 1) e)
    ) e order by e.position limit lim;
  end if;
end $f$;

-- Who of a chat is there, over all live nodes; of some users, or of all.
create function chat_presence_v1(t text, c uuid, wanted text[]) returns table (user_id text, state text, display_name text)
language plpgsql volatile security invoker set enable_seqscan = off set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select m.user_id, max(p.state), max(u.display_name) from members m
  join presences p on p.tenant_id = t and p.user_id = m.user_id
  join nodes n on n.id = p.node_id and n.seen_at > now() - interval '20 seconds'
  left join users u on u.tenant_id = t and u.id = m.user_id
  where m.tenant_id = t and m.chat_id = c and (wanted is null or m.user_id = any (wanted)) group by m.user_id;
end $f$;
