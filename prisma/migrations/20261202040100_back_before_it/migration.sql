-- All of somebody's is changed in steps: what comes back between them, from a snooze, from the archive or by being marked as unread, is none of
-- it either, and stays as it is. change_notifications_v2, but for that.

-- input: [{o what, u whose (null for anybody's), d ids or null for all that it fits, y only of this type, b only what came before this place, s only what was back at this time, w until, h client hash, m at most}], taken one
-- after the other. One row a notification found, with the position of its event when something changed.
create function change_notifications_v3(t text, input json, moment timestamptz)
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
      as (o text, u text, d uuid[], y text, b bigint, s timestamptz, w timestamptz, h text, m int)) with ordinality i loop
    targets := coalesce(r.d, array(
      select n.id from notifications n where n.tenant_id = t and n.user_id = r.u and n.status = 'visible' and n.read_at is null and n.archived_at is null
        and (r.o <> 'seen' or n.seen_at is null) and (n.snoozed_until is null or n.snoozed_until <= least(moment, r.s)) and (r.s is null or n.back_at is null or n.back_at <= r.s)
        and (n.expires_at is null or n.expires_at > moment)
        and (r.y is null or n.type = r.y) and (r.b is null or n.position < r.b) order by n.position desc limit r.m));
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
          archived_at = case when r.o = 'archive' then coalesce(x.archived_at, moment)
            when r.o = 'unarchive' or (r.o = 'snooze' and r.w is not null) then null else x.archived_at end,
          snoozed_until = case r.o when 'snooze' then r.w when 'archive' then null else x.snoozed_until end,
          back_at = case when r.o in ('unread', 'unarchive') or (r.o = 'snooze' and r.w is null) then moment else x.back_at end
        where x.tenant_id = t and x.id = any (targets) and (r.u is null or x.user_id = r.u) and x.status = 'visible'
          and (x.expires_at is null or x.expires_at > moment)
          and case r.o when 'read' then x.read_at is null when 'unread' then x.read_at is not null when 'seen' then x.seen_at is null
            when 'archive' then x.archived_at is null or x.snoozed_until is not null when 'unarchive' then x.archived_at is not null
            when 'snooze' then x.snoozed_until is distinct from r.w or (r.w is not null and x.archived_at is not null) end
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
