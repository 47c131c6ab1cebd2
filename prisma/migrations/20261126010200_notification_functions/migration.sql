-- Notifications: made, changed and released under the log's head, with their events in the same statement. `moment` is the caller's
-- clock; what an event's `at` says is the database's, as everywhere in the log.

-- The notification as its events and its owner's answers show it. The only place that says so.
create function notification_json_v1(n notifications) returns jsonb language sql stable
return jsonb_strip_nulls(jsonb_build_object('id', n.id, 'userId', n.user_id, 'type', n.type, 'subject', n.subject, 'message', n.message,
    'htmlContent', n.html_content, 'summary', n.summary, 'priority', (array['Low', 'Normal', 'High', 'Urgent'])[n.priority + 1],
    'status', n.status, 'scheduledFor', iso_time(n.scheduled_for), 'createdAt', iso_time(n.created_at),
    'visibleAt', case when n.visible_at <> n.created_at then iso_time(n.visible_at) end, 'seenAt', iso_time(n.seen_at),
    'readAt', iso_time(n.read_at), 'archivedAt', iso_time(n.archived_at), 'snoozedUntil', iso_time(n.snoozed_until),
    'expiresAt', iso_time(n.expires_at)))
  || jsonb_build_object('metadata', n.metadata);

-- What is left of a deleted one.
create function notification_trace_v1(n notifications, deleted_at timestamptz) returns jsonb language sql stable
return jsonb_build_object('id', n.id, 'userId', n.user_id, 'type', n.type, 'subject', '', 'message', '', 'metadata', '{}'::jsonb,
  'priority', (array['Low', 'Normal', 'High', 'Urgent'])[n.priority + 1], 'status', 'deleted', 'createdAt', iso_time(n.created_at),
  'deletedAt', iso_time(deleted_at));

-- input: [{i id, u user, c which of the contents, s scheduled for, l local time, b batch, f filed, e mail address, k idempotency key,
-- o its scope, x body hash}]. Each row gets ok, replay (of the first answer) or conflict (the key holds another body).
-- A filed one is in nobody's inbox and calls nobody: it is archived and read from the start.
create function create_notifications_v1(t text, input json, contents json, moment timestamptz)
returns table (ord int, outcome text, pos bigint, payload jsonb, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  stamp timestamptz;
  place bigint;
  keyed boolean := exists (select 1 from json_to_recordset(input) as r (k text) where r.k is not null);
  next_due timestamptz;
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  stamp := date_trunc('milliseconds', clock_timestamp());
  if keyed then
    delete from idempotency_keys h using json_to_recordset(input) as r (k text, o text)
    where h.tenant_id = t and h.scope = r.o and h.key = r.k and h.created_at < stamp - interval '24 hours';
  end if;
  return query
  with rows_in as materialized (
    select r.ordinality::int as n, r.i, r.u, r.c, r.s, r.l, r.b, coalesce(r.f, false) as f, r.e, r.k, r.o, r.x, coalesce(r.s > moment, false) as later
    from rows from (json_to_recordset(input)
      as (i uuid, u text, c int, s timestamptz, l text, b uuid, f boolean, e text, k text, o text, x text)) with ordinality r
  ), bodies as materialized (
    select r.ordinality::int - 1 as c, r.type, r.subject, r.message, r."mailText", r."htmlContent", r.summary, r.priority, r.metadata, r.template,
      r."chatId", r."expiresAt"
    from rows from (json_to_recordset(contents) as (type text, subject text, message text, "mailText" text, "htmlContent" text, summary text,
      priority smallint, metadata jsonb, template jsonb, "chatId" uuid, "expiresAt" timestamptz)) with ordinality r
  ), claimed as (
    insert into idempotency_keys as h (tenant_id, scope, key, body_hash, status, response, created_at)
    select t, r.o, r.k, r.x, 201, to_jsonb(r.i), stamp from rows_in r where r.k is not null order by r.n
    on conflict do nothing returning h.response
  ), accepted as materialized (
    select r.*, case when not r.later then place + row_number() over (partition by r.later order by r.n) end as p from rows_in r
    where r.k is null or to_jsonb(r.i) in (select c.response from claimed c)
  ), head as (
    update tenant_log l set position = place + (select count(*) from accepted a where not a.later)
    where l.tenant_id = t and exists (select 1 from accepted a where not a.later)
  ), stored as (
    insert into notifications as n (tenant_id, id, user_id, type, subject, message, mail_text, html_content, summary, priority, metadata, email, template,
      status, scheduled_for, scheduled_local, batch_id, chat_id, position, created_at, visible_at, seen_at, read_at, archived_at, expires_at)
    select t, a.i, a.u, b.type, b.subject, b.message, b."mailText", b."htmlContent", b.summary, b.priority, coalesce(b.metadata, '{}'), a.e, b.template,
      case when a.later then 'scheduled' else 'visible' end, a.s, a.l, a.b, b."chatId", a.p, moment, case when not a.later then moment end,
      case when a.f and not a.later then moment end, case when a.f and not a.later then moment end, case when a.f and not a.later then moment end, b."expiresAt"
    from accepted a join bodies b on b.c = a.c order by a.n
    returning n.id, n.position, n.user_id, n.archived_at is not null as filed, notification_json_v1(n) as shown
  ), logged as (
    insert into events (tenant_id, position, type, user_id, payload, internal, at)
    select t, s.position, case when s.filed then 'notification.updated' else 'notification.created' end, s.user_id, s.shown,
      case when s.filed then '{"filed": true}'::jsonb end, stamp
    from stored s where s.position is not null
  )
  select a.n, 'ok', s.position, s.shown, stamp from accepted a join stored s on s.id = a.i;

  select min(least(case when r.s > moment then r.s end, b."expiresAt")) into next_due
  from json_to_recordset(input) as r (c int, s timestamptz)
  join rows from (json_to_recordset(contents) as ("expiresAt" timestamptz)) with ordinality b ("expiresAt", n) on b.n = r.c + 1;
  if next_due is not null then perform mark_due_v1(t, 'notifications', next_due); end if;

  if keyed then
    update idempotency_keys h set response = notification_json_v1(n)
    from json_to_recordset(input) as r (i uuid, k text, o text), notifications n
    where h.tenant_id = t and h.scope = r.o and h.key = r.k and h.response = to_jsonb(r.i) and n.tenant_id = t and n.id = r.i;
    return query
    select r.n::int, case when h.body_hash = r.x then 'replay' else 'conflict' end, null::bigint, h.response, stamp
    from rows from (json_to_recordset(input) as (i uuid, k text, o text, x text)) with ordinality r (i, k, o, x, n)
    join idempotency_keys h on h.tenant_id = t and h.scope = r.o and h.key = r.k
    where h.response ->> 'id' <> r.i::text;
  end if;
end $f$;

-- input: [{o what, u whose (null for anybody's), d ids or null for all that it fits, y only of this type, w until, h client hash, m at most}], taken one
-- after the other. One row a notification found, with the position of its event when something changed.
create function change_notifications_v1(t text, input json, moment timestamptz)
returns table (ord int, pos bigint, payload jsonb, user_id text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  stamp timestamptz;
  place bigint;
  r record;
  targets uuid[];
  n_changed int;
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  stamp := date_trunc('milliseconds', clock_timestamp());
  for r in select i.* from rows from (json_to_recordset(input)
      as (o text, u text, d uuid[], y text, w timestamptz, h text, m int)) with ordinality i loop
    targets := coalesce(r.d, array(
      select n.id from notifications n where n.tenant_id = t and n.user_id = r.u and n.status = 'visible' and n.read_at is null and n.archived_at is null
        and (r.o <> 'seen' or n.seen_at is null) and (n.snoozed_until is null or n.snoozed_until <= moment)
        and (r.y is null or n.type = r.y) order by n.position desc limit r.m));
    if r.o = 'delete' then
      return query
      with gone as materialized (
        select x as row from delete_notifications_v1(t, r.u, targets) x
      ), numbered as materialized (
        select g.row, place + row_number() over (order by (g.row).position) as p, notification_trace_v1(g.row, moment) as shown from gone g
      ), logged as (
        insert into events (tenant_id, position, type, user_id, payload, client_hash, at)
        select t, g.p, 'notification.deleted', (g.row).user_id, g.shown, r.h, stamp from numbered g
      )
      select r.ordinality::int, g.p, g.shown, (g.row).user_id, stamp from numbered g;
      get diagnostics n_changed = row_count;
    else
      return query
      with changed as (
        update notifications x set
          read_at = case r.o when 'read' then coalesce(x.read_at, moment) when 'unread' then null else x.read_at end,
          seen_at = case when r.o in ('read', 'seen', 'unread') then coalesce(x.seen_at, moment) else x.seen_at end,
          archived_at = case r.o when 'archive' then coalesce(x.archived_at, moment) when 'unarchive' then null else x.archived_at end,
          snoozed_until = case r.o when 'snooze' then r.w else x.snoozed_until end
        where x.tenant_id = t and x.id = any (targets) and (r.u is null or x.user_id = r.u) and x.status = 'visible'
          and (x.expires_at is null or x.expires_at > moment)
          and case r.o when 'read' then x.read_at is null when 'unread' then x.read_at is not null when 'seen' then x.seen_at is null
            when 'archive' then x.archived_at is null when 'unarchive' then x.archived_at is not null
            when 'snooze' then x.snoozed_until is distinct from r.w end
        returning x as row
      ), numbered as materialized (
        select c.row, place + row_number() over (order by (c.row).position) as p, notification_json_v1(c.row) as shown from changed c
      ), logged as (
        insert into events (tenant_id, position, type, user_id, payload, client_hash, at)
        select t, c.p, 'notification.updated', (c.row).user_id, c.shown - 'htmlContent', r.h, stamp from numbered c
      )
      select r.ordinality::int, c.p, c.shown, (c.row).user_id, stamp from numbered c;
      get diagnostics n_changed = row_count;
      if r.d is not null and n_changed < cardinality(r.d) then
        -- What is as it should be already: found, without an event. A row changed above shows its place in what was answered.
        return query
        select r.ordinality::int, null::bigint, notification_json_v1(x), x.user_id, stamp from notifications x
        where x.tenant_id = t and x.id = any (r.d) and (r.u is null or x.user_id = r.u) and x.status = 'visible'
          and (x.expires_at is null or x.expires_at > moment);
      end if;
      if r.o = 'snooze' and r.w is not null and n_changed > 0 then perform mark_due_v1(t, 'notifications', r.w); end if;
    end if;
    place := place + n_changed;
  end loop;
  update tenant_log l set position = place where l.tenant_id = t and l.position <> place;
end $f$;

-- Takes visible ones out and blanks what the log said of them. Only under the log's head.
create function delete_notifications_v1(t text, u text, ids uuid[]) returns setof notifications
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
declare
  gone notifications[];
begin
  with removed as (
    delete from notifications x where x.tenant_id = t and x.id = any (ids) and (u is null or x.user_id = u) and x.status = 'visible' returning x as row
  )
  select array_agg(r.row) into gone from removed r;
  if gone is null then return; end if;
  update events e set payload = e.payload - '{htmlContent,summary}'::text[] || '{"subject": "", "message": "", "metadata": {}}'
  from (select g.user_id, min(g.position) as first, array_agg(g.id::text) as ids from unnest(gone) g group by g.user_id) d
  where e.tenant_id = t and e.user_id = d.user_id and e.position >= d.first and e.type in ('notification.created', 'notification.updated')
    and e.payload ->> 'id' = any (d.ids);
  return query select (g).* from unnest(gone) g;
end $f$;

-- What waits for its time no longer: at most `lim`, the longest due first.
create function due_notifications_v1(t text, moment timestamptz, lim int) returns table (id uuid, user_id text, type text, chat_id uuid, status text)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  select n.id, n.user_id, n.type, n.chat_id, n.status from notifications n
  where n.tenant_id = t
    and (case when n.status = 'scheduled' then n.scheduled_for when n.status = 'visible' then least(n.snoozed_until, n.expires_at) end) <= moment
  order by (case when n.status = 'scheduled' then n.scheduled_for when n.status = 'visible' then least(n.snoozed_until, n.expires_at) end)
  limit lim;
end $f$;

-- Lets scheduled ones appear, snoozed ones come back and expired ones go; says when the tenant is due next. input: [{i id, f filed}]. One row an event.
create function settle_notifications_v1(t text, input json, moment timestamptz)
returns table (type text, pos bigint, payload jsonb, internal jsonb, user_id text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  stamp timestamptz;
  place bigint;
  n int;
  due timestamptz;
  wanted uuid[] := array(select r.i from json_to_recordset(input) as r (i uuid));
  expired uuid[];
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  stamp := date_trunc('milliseconds', clock_timestamp());
  -- Nobody ever saw it: no event.
  delete from notifications x where x.tenant_id = t and x.id = any (wanted) and x.status = 'scheduled' and x.scheduled_for <= moment and x.expires_at <= moment;
  expired := array(select x.id from notifications x where x.tenant_id = t and x.id = any (wanted) and x.status = 'visible' and x.expires_at <= moment);

  return query
  with due_rows as materialized (
    select x.id, coalesce(r.f, false) as f, x.status, row_number() over (order by x.scheduled_for, x.created_at, x.id) as o
    from json_to_recordset(input) as r (i uuid, f boolean) cross join lateral (
      select * from notifications x where x.tenant_id = t and x.id = r.i and (x.expires_at is null or x.expires_at > moment)
        and ((x.status = 'scheduled' and x.scheduled_for <= moment) or (x.status = 'visible' and x.snoozed_until <= moment)) limit 1) x
  ), changed as (
    update notifications x set status = 'visible', snoozed_until = null,
      position = coalesce(x.position, place + d.o), visible_at = coalesce(x.visible_at, moment),
      seen_at = case when d.f and d.status = 'scheduled' then moment else x.seen_at end,
      read_at = case when d.f and d.status = 'scheduled' then moment else x.read_at end,
      archived_at = case when d.f and d.status = 'scheduled' then moment else x.archived_at end
    from due_rows d where x.tenant_id = t and x.id = d.id
    returning d.o, d.f and d.status = 'scheduled' as filed, d.status = 'scheduled' and not d.f as fresh, x.user_id, notification_json_v1(x) as shown
  ), made as materialized (
    select case when c.fresh then 'notification.created' else 'notification.updated' end as type, place + c.o as p,
      case when c.fresh then c.shown else c.shown - 'htmlContent' end as shown, case when c.filed then '{"filed": true}'::jsonb end as internal, c.user_id
    from changed c
  ), logged as (
    insert into events (tenant_id, position, type, user_id, payload, internal, at) select t, m.p, m.type, m.user_id, m.shown, m.internal, stamp from made m
  )
  select m.type, m.p, m.shown, m.internal, m.user_id, stamp from made m;
  get diagnostics n = row_count;
  place := place + n;

  if cardinality(expired) > 0 then
    return query
    with numbered as materialized (
      select g as row, place + row_number() over (order by g.position) as p, notification_trace_v1(g, moment) as shown
      from delete_notifications_v1(t, null, expired) g
    ), logged as (
      insert into events (tenant_id, position, type, user_id, payload, at)
      select t, g.p, 'notification.deleted', (g.row).user_id, g.shown, stamp from numbered g
    )
    select 'notification.deleted', g.p, g.shown, null::jsonb, (g.row).user_id, stamp from numbered g;
    get diagnostics n = row_count;
    place := place + n;
  end if;
  update tenant_log l set position = place where l.tenant_id = t and l.position <> place;

  select min(case when x.status = 'scheduled' then x.scheduled_for when x.status = 'visible' then least(x.snoozed_until, x.expires_at) end) into due
  from notifications x where x.tenant_id = t
    and (case when x.status = 'scheduled' then x.scheduled_for when x.status = 'visible' then least(x.snoozed_until, x.expires_at) end) is not null;
  if due is null then delete from tenant_dues d where d.tenant_id = t and d.kind = 'notifications';
  else update tenant_dues d set due_at = due where d.tenant_id = t and d.kind = 'notifications'; end if;
end $f$;

-- An inbox, newest first. What has expired or sleeps is gone at its time, whether or not the worker has been by.
create function list_inbox_v1(t text, u text, moment timestamptz, before_pos bigint, after_pos bigint, skip int, lim int, counted boolean, unread boolean,
  of_type text, of_priority smallint, is_archived boolean, is_snoozed boolean, since timestamptz)
returns table (pos bigint, payload jsonb, total bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  n bigint;
begin
  perform set_config('app.tenant', t, true);
  if counted then
    select count(*) into n from notifications x where x.tenant_id = t and x.user_id = u and x.status = 'visible'
      and (x.expires_at is null or x.expires_at > moment) and (x.archived_at is not null) = is_archived
      and (x.snoozed_until is not null and x.snoozed_until > moment) = is_snoozed and (not unread or x.read_at is null)
      and (of_type is null or x.type = of_type) and (of_priority is null or x.priority = of_priority) and (since is null or x.visible_at >= since);
  end if;
  if after_pos is not null then
    return query
    select z.position, notification_json_v1(z.row), n from (
      select x.position, x as row from notifications x where x.tenant_id = t and x.user_id = u and x.status = 'visible'
        and (x.expires_at is null or x.expires_at > moment) and (x.archived_at is not null) = is_archived
        and (x.snoozed_until is not null and x.snoozed_until > moment) = is_snoozed and (not unread or x.read_at is null)
        and (of_type is null or x.type = of_type) and (of_priority is null or x.priority = of_priority) and (since is null or x.visible_at >= since)
        and x.position > after_pos and (before_pos is null or x.position < before_pos)
      order by x.position limit lim) z order by z.position desc;
  else
    return query
    select x.position, notification_json_v1(x), n from notifications x where x.tenant_id = t and x.user_id = u and x.status = 'visible'
      and (x.expires_at is null or x.expires_at > moment) and (x.archived_at is not null) = is_archived
      and (x.snoozed_until is not null and x.snoozed_until > moment) = is_snoozed and (not unread or x.read_at is null)
      and (of_type is null or x.type = of_type) and (of_priority is null or x.priority = of_priority) and (since is null or x.visible_at >= since)
      and x.position < coalesce(before_pos, 9223372036854775807)
    order by x.position desc offset skip limit lim;
  end if;
  if counted and not found then return query select null::bigint, null::jsonb, n; end if;
end $f$;

-- One notification as its owner may see it: what the guides fetch for every event.
create function find_notification_v1(t text, u text, i uuid, moment timestamptz) returns jsonb
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  return (select notification_json_v1(x) from notifications x where x.tenant_id = t and x.id = i and x.user_id = u and x.status = 'visible'
    and (x.expires_at is null or x.expires_at > moment));
end $f$;

create function inbox_counts_v1(t text, u text, moment timestamptz) returns table (unread bigint, unseen bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  return query
  select count(*), count(*) filter (where x.seen_at is null) from notifications x
  where x.tenant_id = t and x.user_id = u and x.status = 'visible' and x.read_at is null and x.archived_at is null
    and (x.expires_at is null or x.expires_at > moment) and (x.snoozed_until is null or x.snoozed_until <= moment);
end $f$;

-- Mentions are few beside messages: an index of those alone costs other sends nothing.
create index messages_mentioning on messages (tenant_id, chat_id, seq) where mention_user_ids <> '{}';

-- Everything unread of one user. Messages and mentions are counted up to 100 a chat, as the lists show them.
create function counters_v1(t text, u text, moment timestamptz)
returns table (chats bigint, messages bigint, mentions bigint, unread bigint, unseen bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  select count(*) filter (where c.n > 0), coalesce(sum(c.n), 0)::bigint, coalesce(sum(c.m), 0)::bigint, i.unread, i.unseen
  from inbox_counts_v1(t, u, moment) i
  left join lateral (
    select
      (select count(*) from (select 1 from messages g where g.tenant_id = t and g.chat_id = m.chat_id and g.seq > m.last_read_seq
         and g.deleted_at is null and g.sender_id <> u order by g.seq limit 100) x) as n,
      (select count(*) from (select 1 from messages g where g.tenant_id = t and g.chat_id = m.chat_id and g.seq > m.last_read_seq
         and g.mention_user_ids <> '{}' and u = any (g.mention_user_ids) and g.deleted_at is null and g.sender_id <> u order by g.seq limit 100) x) as m
    from members m
    join chats ch on ch.tenant_id = t and ch.id = m.chat_id and ch.deleted_at is null
    join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id and h.last_seq > m.last_read_seq
    where m.tenant_id = t and m.user_id = u) c on true
  group by i.unread, i.unseen;
end $f$;

create function load_notifications_v1(t text, ids uuid[]) returns setof jsonb
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  return query select notification_json_v1(x) from unnest(ids) as i(id)
  cross join lateral (select * from notifications x where x.tenant_id = t and x.id = i.id limit 1) x;
end $f$;
