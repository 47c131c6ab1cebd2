-- CreateTable
CREATE TABLE "tenant_minutes" (
    "tenant_id" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "messages" INTEGER NOT NULL DEFAULT 0,
    "notifications" INTEGER NOT NULL DEFAULT 0,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "faults" INTEGER NOT NULL DEFAULT 0,
    "connections" INTEGER NOT NULL DEFAULT 0,
    "latencies" INTEGER[] DEFAULT ARRAY[]::INTEGER[],

    CONSTRAINT "tenant_minutes_pkey" PRIMARY KEY ("tenant_id","minute")
);

alter table tenant_minutes enable row level security;
alter table tenant_minutes force row level security;
create policy tenant_wall on tenant_minutes using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

-- What went wrong with mail, by when it did.
create index deliveries_of_failure on deliveries (tenant_id, updated_at) where status in ('failed', 'bounced');

-- Counts a part of the log by the minute; in the transaction that moves the cursor of the count.
create function count_minutes_v1(t text, after bigint, upto bigint) returns void
language sql volatile security invoker set search_path = pg_catalog, public as $f$
  insert into tenant_minutes as m (tenant_id, minute, messages, notifications)
  select t, date_trunc('minute', e.at), count(*) filter (where e.type = 'message.created'), count(*) filter (where e.type = 'notification.created')
  from events e
  where e.tenant_id = t and e.position > after and e.position <= upto and e.type in ('message.created', 'notification.created')
  group by 2 order by 2
  on conflict (tenant_id, minute) do update
    set messages = m.messages + excluded.messages, notifications = m.notifications + excluded.notifications
$f$;

-- What a node saw of a tenant: input [{m minute in ms, c calls, f faults, o open connections, l latencies}].
create function add_minutes_v1(t text, input json) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  insert into tenant_minutes as x (tenant_id, minute, calls, faults, connections, latencies)
  select t, to_timestamp(r.m / 1000.0), r.c, r.f, r.o, r.l
  from json_to_recordset(input) as r (m float8, c int, f int, o int, l int[])
  order by r.m
  on conflict (tenant_id, minute) do update
    set calls = x.calls + excluded.calls, faults = x.faults + excluded.faults, connections = x.connections + excluded.connections,
      latencies = array(
        select coalesce(a.n, 0) + coalesce(b.n, 0)
        from unnest(x.latencies) with ordinality a (n, place) full join unnest(excluded.latencies) with ordinality b (n, place) using (place)
        order by place);
end $f$;

-- A time in steps, oldest first; steps in which nothing was are left out. Latencies are added place by place.
create function read_minutes_v1(t text, since timestamptz, upto timestamptz, step interval)
returns table (at timestamptz, messages bigint, notifications bigint, calls bigint, faults bigint, connections float8, latencies bigint[])
language sql stable security invoker set search_path = pg_catalog, public as $f$
  with part as (
    select date_bin(step, m.minute, since) as at, m.*
    from tenant_minutes m where m.tenant_id = t and m.minute >= since and m.minute < upto
  ), spread as (
    select p.at, l.place, sum(l.n) as n from part p, unnest(p.latencies) with ordinality l (n, place) group by p.at, l.place
  )
  select p.at, sum(p.messages), sum(p.notifications), sum(p.calls), sum(p.faults),
    -- A minute without a sample had nobody.
    sum(p.connections) / (extract(epoch from step) / 60)::float8,
    array(select s.n::bigint from spread s where s.at = p.at order by s.place)
  from part p group by p.at order by p.at
$f$;

-- Takes out the minutes before a time; returns how many, at most lim.
create function retain_minutes_v1(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  gone int;
begin
  perform set_config('app.tenant', t, true);
  delete from tenant_minutes where tenant_id = t and minute = any (array(
    select m.minute from tenant_minutes m where m.tenant_id = t and m.minute < before order by m.minute limit lim));
  get diagnostics gone = row_count;
  return gone;
end $f$;
