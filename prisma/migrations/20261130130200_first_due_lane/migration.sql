-- Where a chat whose first event failed has fifty others that are due, none of the fifty oldest is its lane's first, and each claim of an endpoint
-- that wants them in order went through all lanes under its lock: after a send to 50,000 users through 50,000, for each of them. It stops at
-- the first lane that has something due: between lanes no order is promised.
create function due_lane_webhook_v1(t text, endpoint uuid, moment timestamptz) returns uuid
language sql stable security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
  with recursive firsts as (
    (select q.lane, q.id, q.due_at, q.claimed_until from webhook_deliveries q
     where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued' and q.position is not null
     order by q.lane, q.position limit 1)
    union all
    select n.* from firsts l cross join lateral (
      select q.lane, q.id, q.due_at, q.claimed_until from webhook_deliveries q
      where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued' and q.position is not null and q.lane > l.lane
      order by q.lane, q.position limit 1) n)
  select coalesce(
    -- A sample is in no lane.
    (select q.id from webhook_deliveries q
     where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued' and q.position is null and q.due_at <= moment
       and (q.claimed_until is null or q.claimed_until <= moment)
     order by q.due_at limit 1),
    (select f.id from firsts f where f.due_at <= moment and (f.claimed_until is null or f.claimed_until <= moment) limit 1))
$f$;

-- As before, but for that.
create or replace function claim_webhook_v2(t text, endpoint uuid, width int, trouble int, lease interval)
returns table (id uuid, number int, attempts int, sample jsonb, epoch bigint, kept boolean, older boolean,
  pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  e webhook_endpoints%rowtype;
  busy int;
  moment timestamptz;
  now_epoch bigint;
  first uuid;
begin
  perform set_config('app.tenant', t, true);
  select * into e from webhook_endpoints w where w.tenant_id = t and w.id = endpoint for no key update;
  if not found then
    perform clear_webhooks_v1(t, array(select q.id from webhook_deliveries q where q.tenant_id = t and q.endpoint_id = endpoint limit 2000));
    return;
  end if;
  if e.state = 'disabled' then perform fail_webhooks_v1(t, endpoint, 2000); end if;
  moment := clock_timestamp();
  if e.state <> 'active' or e.open_until > moment then return; end if;
  select count(*) into busy from webhook_deliveries d
  where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' and d.claimed_until > moment;
  if busy >= (case when e.failures >= trouble then 1 else width end) then return; end if;
  if e.ordered then
    first := due_first_webhook_v1(t, endpoint, moment);
    if first is null then first := due_lane_webhook_v1(t, endpoint, moment); end if;
  else
    select q.id into first from webhook_deliveries q
    where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued' and q.due_at <= moment
      and (q.claimed_until is null or q.claimed_until <= moment)
    order by q.due_at, q.position limit 1;
  end if;
  if first is null then return; end if;
  select log_epoch_v1(l.epoch) into now_epoch from tenant_log l where l.tenant_id = t;
  return query
  with due as (
    select q.id, coalesce(q.asked_epoch, q.epoch) <> now_epoch as older from webhook_deliveries q where q.tenant_id = t and q.id = first),
  held as (
    update webhook_deliveries d set status = 'waiting', claimed_until = null, updated_at = moment
    from due where due.older and d.tenant_id = t and d.id = due.id returning d.*),
  claimed as (
    update webhook_deliveries d set claimed_until = moment + lease, attempts = d.attempts + 1, tries = d.tries + 1
    from due where not due.older and d.tenant_id = t and d.id = due.id returning d.*),
  tried as (
    insert into webhook_attempts (tenant_id, delivery_id, number, started_at) select t, c.id, c.tries, moment from claimed c)
  select c.id, c.tries, c.attempts, c.sample, c.epoch, v.position is not null, c.older,
    v.position, v.type, v.chat_id, v.user_id, v.seq, v.payload, v.internal, v.client_hash, v.at
  from (select claimed.*, false as older from claimed union all select held.*, true from held) c
  left join events v on v.tenant_id = t and v.position = c.position;
end $f$;

-- As before, but for that.
create or replace function next_webhook_v1(t text, endpoint uuid, width int, trouble int) returns timestamptz
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
declare
  e webhook_endpoints%rowtype;
  busy int;
  free timestamptz;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  select * into e from webhook_endpoints w where w.tenant_id = t and w.id = endpoint;
  if not found then
    return (select moment from webhook_deliveries d where d.tenant_id = t and d.endpoint_id = endpoint limit 1);
  end if;
  if e.state = 'disabled' then
    return (select moment from webhook_deliveries d where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' limit 1);
  end if;
  if e.state <> 'active' then return null; end if;
  select count(*), min(d.claimed_until) into busy, free from webhook_deliveries d
  where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' and d.claimed_until > moment;
  -- Whoever is at these comes back by itself, unless it dies.
  if busy >= (case when e.failures >= trouble then 1 else width end) then return free; end if;
  if e.ordered then
    if coalesce(due_first_webhook_v1(t, endpoint, moment), due_lane_webhook_v1(t, endpoint, moment)) is not null then
      return greatest(moment, e.open_until);
    end if;
    return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from first_webhooks_v1(t, endpoint) q
      having count(*) > 0);
  end if;
  -- At most `busy` of them are claimed: of one more, one is not, and none that is due later comes before it.
  return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from (
    select d.due_at, d.claimed_until from webhook_deliveries d where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued'
    order by d.due_at, d.position limit busy + 1) q having count(*) > 0);
end $f$;
