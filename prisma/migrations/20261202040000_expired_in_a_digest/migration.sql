-- What expires in a digest that has not gone out is told as expired when the digest is sent, and not as deleted: its decision keeps when.

alter table deliveries add column expired_at timestamptz(3);

-- What comes back from a snooze keeps when, so that who reads all that was there before leaves it as it is: see change_notifications_v3.
alter table notifications add column back_at timestamptz(3);

-- As before, but for both:

-- Lets scheduled ones appear, snoozed ones come back and expired ones go; says when the tenant is due next. input: [{i id, f filed}]. One row an event.
create or replace function settle_notifications_v1(t text, input json, moment timestamptz)
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
  -- Nobody ever saw it: no event, only the decisions that tell whoever runs the tenant why.
  with gone as (
    delete from notifications x where x.tenant_id = t and x.id = any (wanted) and x.status = 'scheduled' and x.scheduled_for <= moment and x.expires_at <= moment
    returning x.id, x.user_id, x.type, x.subject, x.batch_id
  )
  insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, epoch)
  select t, gen_random_uuid(), 'expired:' || g.id, g.user_id, c, 'notification', g.id, g.batch_id, g.type, g.subject, 'expired', 'expired', l.epoch
  from gone g, unnest(array['inApp', 'email']) as c, (select log_epoch_v1(h.epoch) as epoch from tenant_log h where h.tenant_id = t) l
  on conflict (tenant_id, cause, user_id, channel) do nothing;
  expired := array(select x.id from notifications x where x.tenant_id = t and x.id = any (wanted) and x.status = 'visible' and x.expires_at <= moment);

  return query
  with due_rows as materialized (
    select x.id, coalesce(r.f, false) as f, x.status, row_number() over (order by x.scheduled_for, x.created_at, x.id) as o
    from json_to_recordset(input) as r (i uuid, f boolean) cross join lateral (
      select * from notifications x where x.tenant_id = t and x.id = r.i and (x.expires_at is null or x.expires_at > moment)
        and ((x.status = 'scheduled' and x.scheduled_for <= moment) or (x.status = 'visible' and x.snoozed_until <= moment)) limit 1) x
  ), changed as (
    update notifications x set status = 'visible', snoozed_until = null, back_at = case when d.status = 'visible' then x.snoozed_until end,
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
    -- What has not gone out is over for the same reason; of what is in a digest that is told when the digest is sent.
    update deliveries d set status = 'expired', rule = 'expired', detail = null, due_at = null, held_until = null, updated_at = stamp
    where d.tenant_id = t and d.notification_id = any (expired) and d.channel = 'email' and d.digest_id is null
      and d.status in ('queued', 'held', 'folded', 'waiting');
    update deliveries d set expired_at = (select x.expires_at from notifications x where x.tenant_id = t and x.id = d.notification_id)
    where d.tenant_id = t and d.notification_id = any (expired) and d.channel = 'email' and d.digest_id is not null and d.status = 'folded';
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
