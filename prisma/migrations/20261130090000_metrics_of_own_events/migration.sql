-- Behind the policies a comparison with `coalesce` is no condition of an index (Postgres does not take it for leakproof), so the function read the
-- events of all tenants; "materialized" makes it a column. And what the points' latencies add up to is joined, not looked for anew at each point.
create or replace function read_minutes_v1(t text, since timestamptz, upto timestamptz, step interval)
returns table (at timestamptz, messages bigint, notifications bigint, calls bigint, faults bigint, connections float8, latencies bigint[])
language sql stable security invoker set search_path = pg_catalog, public as $f$
  with counted as materialized (
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
  ), place as (
    select p.at, l.place, sum(l.n)::bigint as n from part p, unnest(p.latencies) with ordinality l (n, place) group by p.at, l.place
  ), spread as (
    select l.at, array_agg(l.n order by l.place) as latencies from place l group by l.at
  ), point as (
    select p.at, sum(p.messages)::bigint as messages, sum(p.notifications)::bigint as notifications, sum(p.calls)::bigint as calls,
      sum(p.faults)::bigint as faults, sum(p.connections) as connections
    from part p group by p.at
  )
  select p.at, p.messages, p.notifications, p.calls, p.faults,
    -- A minute without a sample had nobody.
    p.connections / (extract(epoch from step) / 60)::float8, coalesce(s.latencies, '{}')
  from point p left join spread s on s.at = p.at order by p.at
$f$;
