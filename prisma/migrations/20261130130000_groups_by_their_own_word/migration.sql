-- A group is judged by what made it one. Its sample's preferences were read again by later statements: a change of that one person's in between
-- decided for up to a thousand others, who had said nothing of the kind.

-- New notifications of the log in (after, upto], at most lim of them, in groups: those for whom everything that a decision looks at is the
-- same. Of a send to ten thousand nearly all are in one. Events up to the gate are older than the log's epoch. notification: one of
-- the group, with what all of them have said; null when they are gone. members: [position, user, notification, address] of each, in log order.
create or replace function undecided_notifications_v1(t text, after bigint, upto bigint, lim int, gate bigint)
returns table (older boolean, filed boolean, type text, notification json, members json)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
begin
  if not exists (select from events v where v.tenant_id = t and v.position > after and v.position <= upto
    and (v.type = 'notification.created' or v.type = 'notification.updated' and v.internal @> '{"filed": true}')) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('[' || to_json(t)::text || ',"holding"]', 0));
  return query
  with e as materialized (
    select v.position as p, v.user_id as u, (v.payload ->> 'id')::uuid as n, v.payload ->> 'type' as k, v.type = 'notification.updated' as f
    from events v
    where v.tenant_id = t and v.position > after and v.position <= upto
      -- Made visible; or filed: somebody who does not want it in the inbox may want it by mail.
      and (v.type = 'notification.created' or v.type = 'notification.updated' and v.internal @> '{"filed": true}')
    order by v.position limit lim
  ), known as (
    select e.p, e.u, e.n, e.f, e.p <= gate as o, n.id is null as gone, coalesce(n.type, e.k) as k, n.priority, n.email is not null as asked, n.read_at,
      n.expires_at, n.batch_id, n.chat_id, case when n.chat_id is not null then n.metadata end as away, coalesce(n.email, u.email) as address,
      u.timezone as zone, w.timing, m.notify_mute, m.notify_until,
      (select jsonb_agg(jsonb_build_array(c.type, c.channel, c.enabled) order by c.type, c.channel) from preferences c
       where c.tenant_id = t and c.user_id = e.u and c.type in (n.type, '*')) as choices
    from e
    left join lateral (select * from notifications x where x.tenant_id = t and x.id = e.n limit 1) n on n.status = 'visible'
    left join lateral (select x.email, x.timezone from users x where x.tenant_id = t and x.id = e.u limit 1) u on true
    left join lateral (
      select jsonb_build_object('timezone', x.timezone, 'quiet', x.quiet, 'quietFrom', x.quiet_from, 'quietTo', x.quiet_to,
        'digestEvery', x.digest_every, 'digestAt', x.digest_at, 'digestWeekday', x.digest_weekday, 'pausedUntil', x.paused_until) as timing
      from preference_timings x where x.tenant_id = t and x.user_id = e.u limit 1) w on true
    left join lateral (
      select x.notify_mute, x.notify_until from members x
      where x.tenant_id = t and x.chat_id = n.chat_id and x.user_id = e.u limit 1) m on n.chat_id is not null
  )
  select g.o, g.f, g.k,
    case when not g.gone then json_build_object('id', (array_agg(g.n order by g.p))[1], 'userId', (array_agg(g.u order by g.p))[1], 'type', g.k,
      'priority', g.priority, 'email', case when g.asked then min(g.address) end, 'readAt', g.read_at, 'expiresAt', g.expires_at,
      'batchId', g.batch_id, 'chatId', g.chat_id, 'mentioned', coalesce(g.away @> '{"mentioned": true}', false), 'away', g.away,
      'said', json_build_object('zone', g.zone, 'timing', g.timing, 'choices', coalesce(g.choices, '[]'),
        'mute', coalesce(g.notify_mute, 'none'), 'muteUntil', g.notify_until)) end,
    json_agg(json_build_array(g.p, g.u, g.n, g.address) order by g.p)
  from known g
  group by g.o, g.f, g.gone, g.k, g.priority, g.asked, g.read_at, g.expires_at, g.batch_id, g.chat_id, g.away, g.address is null, g.zone, g.timing,
    g.notify_mute, g.notify_until, g.choices;
end $f$;
