-- What is queued for an endpoint that is disabled fails, and what is of one that is deleted goes, some at a time: an endpoint that was down
-- for days may have a million, and no transaction has the time for all of them, so that it could be neither disabled nor deleted.
-- Locks are taken in the order endpoint, tries, deliveries.
create function fail_webhooks_v1(t text, endpoint uuid, lim int) returns void
language sql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
  update webhook_deliveries x set status = 'failed', detail = 'The endpoint was disabled', claimed_until = null, updated_at = clock_timestamp()
  where x.tenant_id = t and x.status = 'queued' and x.id = any (array(
    select q.id from webhook_deliveries q where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued'
    order by q.due_at, q.position limit lim))
$f$;

create function clear_webhooks_v1(t text, deliveries uuid[]) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
declare gone int;
begin
  delete from webhook_attempts a where a.tenant_id = t and a.delivery_id = any (deliveries);
  delete from webhook_deliveries d where d.tenant_id = t and d.id = any (deliveries);
  get diagnostics gone = row_count;
  return gone;
end $f$;

-- A lane is a chat or a user: of a send to 50,000 there are 50,000 lanes of one, and each claim of an endpoint that wants them in order
-- went through all of them under its lock. What is due is looked at first, at most fifty of it: the first there that is its lane's
-- first is the first of all. Where that is none, as before.
create function due_first_webhook_v1(t text, endpoint uuid, moment timestamptz) returns uuid
language sql stable security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
  select w.id from (
    select q.id, q.lane, q.position, q.due_at from webhook_deliveries q
    where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued' and q.due_at <= moment
      and (q.claimed_until is null or q.claimed_until <= moment)
    order by q.due_at, q.position limit 50) w
  where w.position is null or not exists (
    select from webhook_deliveries b where b.tenant_id = t and b.endpoint_id = endpoint and b.status = 'queued'
      and b.lane = w.lane and b.position < w.position)
  order by w.due_at, w.position limit 1
$f$;

-- As before, and of an endpoint that is not there or disabled it does the next step.
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
    if first is null then
      select q.id into first from first_webhooks_v1(t, endpoint) q
      where q.due_at <= moment and (q.claimed_until is null or q.claimed_until <= moment)
      order by q.due_at, q.position limit 1;
    end if;
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

-- As before, and for an endpoint that is not there or disabled there is something to do while anything is left of it. Of one in trouble
-- that has nothing queued it says so: greatest() leaves out what is null, so that it said when that one may be tried again, a time that had
-- passed, and its job came back at once for ever.
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
    if due_first_webhook_v1(t, endpoint, moment) is not null then return greatest(moment, e.open_until); end if;
    return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from first_webhooks_v1(t, endpoint) q
      having count(*) > 0);
  end if;
  -- At most `busy` of them are claimed: of one more, one is not, and none that is due later comes before it.
  return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from (
    select d.due_at, d.claimed_until from webhook_deliveries d where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued'
    order by d.due_at, d.position limit busy + 1) q having count(*) > 0);
end $f$;

-- As before, but for the order of the locks and what becomes of the rest.
create or replace function finish_webhook_v1(t text, delivery uuid, try int, said json, outcome text, due timestamptz, why text,
  trouble int, pause interval, patience interval) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  d webhook_deliveries%rowtype;
  e webhook_endpoints%rowtype;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  select * into d from webhook_deliveries x where x.tenant_id = t and x.id = delivery;
  if not found then return false; end if;
  if outcome = 'delivered' then
    update webhook_endpoints w set failures = 0, failing_since = null, open_until = null
    where w.tenant_id = t and w.id = d.endpoint_id and w.failures > 0;
  else
    select * into e from webhook_endpoints w where w.tenant_id = t and w.id = d.endpoint_id for no key update;
  end if;
  update webhook_attempts a set ms = (said ->> 'ms')::int, status = (said ->> 'status')::int, answer = said ->> 'answer', fault = said ->> 'fault'
  where a.tenant_id = t and a.delivery_id = delivery and a.number = try;
  update webhook_deliveries x set status = outcome, due_at = coalesce(due, x.due_at), detail = why, claimed_until = null, updated_at = moment
  where x.tenant_id = t and x.id = delivery and (x.status = 'queued' or outcome = 'delivered') and x.tries = try;
  if outcome = 'delivered' then return false; end if;
  if e.id is null or outcome = 'expired' or e.state = 'disabled' then return false; end if;
  update webhook_endpoints w set failures = w.failures + 1, failing_since = coalesce(w.failing_since, moment),
    open_until = case when w.failures + 1 >= trouble then moment + pause * least(power(2, least(w.failures + 1 - trouble, 10)), 10) end
  where w.tenant_id = t and w.id = e.id returning * into e;
  if (said ->> 'status')::int is distinct from 410 and e.failing_since > moment - patience then return false; end if;
  update webhook_endpoints w set state = 'disabled', open_until = null, reason = case when (said ->> 'status')::int = 410
    then 'It answered 410 Gone' else 'Nothing got through since ' || to_char(e.failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end
  where w.tenant_id = t and w.id = e.id;
  perform fail_webhooks_v1(t, e.id, 2000);
  return true;
end $f$;

-- By what is there, not by the endpoints: a delivery may have been planned while its endpoint was deleted.
create or replace function retain_webhooks_v1(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return clear_webhooks_v1(t, array(
    with recursive ends as (
      (select x.endpoint_id from webhook_deliveries x where x.tenant_id = t order by x.endpoint_id limit 1)
      union all
      select n.endpoint_id from ends e cross join lateral (
        select x.endpoint_id from webhook_deliveries x where x.tenant_id = t and x.endpoint_id > e.endpoint_id order by x.endpoint_id limit 1) n)
    select d.id from ends e cross join lateral (
      select x.id from webhook_deliveries x where x.tenant_id = t and x.endpoint_id = e.endpoint_id and x.created_at < before
      order by x.created_at limit lim) d
    limit lim));
end $f$;
