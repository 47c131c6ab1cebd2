-- Charts show what has not been counted yet as well, so that they are live between two counts: at most 50,000 positions of it.
create or replace function read_minutes_v1(t text, since timestamptz, upto timestamptz, step interval)
returns table (at timestamptz, messages bigint, notifications bigint, calls bigint, faults bigint, connections float8, latencies bigint[])
language sql stable security invoker set search_path = pg_catalog, public as $f$
  with counted as (
    select coalesce((select c.position from planner_cursors c where c.tenant_id = t and c.consumer = 'minutes'),
      (select l.floor from tenant_log l where l.tenant_id = t)) as upto
  ), uncounted as (
    select date_trunc('minute', e.at) as minute, count(*) filter (where e.type = 'message.created') as messages,
      count(*) filter (where e.type = 'notification.created') as notifications
    from counted c join events e on e.tenant_id = t and e.position > c.upto and e.position <= c.upto + 50000
      and e.type in ('message.created', 'notification.created')
    group by 1
  ), part as (
    select date_bin(step, m.minute, since) as at, m.messages, m.notifications, m.calls, m.faults, m.connections, m.latencies
    from tenant_minutes m where m.tenant_id = t and m.minute >= since and m.minute < upto
    union all
    select date_bin(step, u.minute, since), u.messages, u.notifications, 0, 0, 0, '{}'
    from uncounted u where u.minute >= since and u.minute < upto
  ), spread as (
    select p.at, l.place, sum(l.n) as n from part p, unnest(p.latencies) with ordinality l (n, place) group by p.at, l.place
  )
  select p.at, sum(p.messages)::bigint, sum(p.notifications)::bigint, sum(p.calls)::bigint, sum(p.faults)::bigint,
    -- A minute without a sample had nobody.
    sum(p.connections) / (extract(epoch from step) / 60)::float8,
    array(select s.n::bigint from spread s where s.at = p.at order by s.place)
  from part p group by p.at order by p.at
$f$;
