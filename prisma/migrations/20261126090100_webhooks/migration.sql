-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "chat_id" UUID,
    "ordered" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'active',
    "reason" TEXT,
    "secret" TEXT NOT NULL,
    "old_secret" TEXT,
    "old_secret_until" TIMESTAMPTZ(3),
    "from_position" BIGINT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "open_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "position" BIGINT,
    "epoch" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "chat_id" UUID,
    "lane" TEXT NOT NULL,
    "sample" JSONB,
    "status" TEXT NOT NULL,
    "detail" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimed_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "tenant_id" TEXT NOT NULL,
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ms" INTEGER,
    "status" INTEGER,
    "answer" TEXT,
    "fault" TEXT,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("tenant_id","delivery_id","number")
);

-- CreateIndex
CREATE INDEX "webhook_deliveries_tenant_id_endpoint_id_created_at_id_idx" ON "webhook_deliveries"("tenant_id", "endpoint_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_tenant_id_endpoint_id_position_key" ON "webhook_deliveries"("tenant_id", "endpoint_id", "position");

create index webhook_deliveries_due on webhook_deliveries (tenant_id, endpoint_id, due_at, position) where status = 'queued';
create index webhook_deliveries_lane on webhook_deliveries (tenant_id, endpoint_id, lane, position) where status = 'queued';

-- ── Tenant walls ────────────────────────────────────────────────────────────────────────────────────────────────────
do $$
declare name text;
begin
  foreach name in array array['webhook_endpoints', 'webhook_deliveries', 'webhook_attempts'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;
alter table webhook_deliveries set (fillfactor = 70);

-- ── What an endpoint may be sent now ────────────────────────────────────────────────────────────────────────────────
-- Queued deliveries that none of their lane is before, where the endpoint keeps lanes in order.
create function open_webhooks_v1(t text, endpoint uuid, in_order boolean) returns setof webhook_deliveries
language sql stable security invoker set search_path = pg_catalog, public as $f$
  select q.* from webhook_deliveries q
  where q.tenant_id = t and q.endpoint_id = endpoint and q.status = 'queued'
    and (not in_order or q.position is null or not exists (
      select from webhook_deliveries b
      where b.tenant_id = t and b.endpoint_id = endpoint and b.lane = q.lane and b.status = 'queued' and b.position < q.position))
$f$;

-- Claims one delivery that is due, for `lease`, and notes the attempt. The endpoint's row is locked, so that claims come one after the
-- other: at most `width` are under way at once over all workers, and one when the last `trouble` have failed.
create function claim_webhook_v1(t text, endpoint uuid, width int, trouble int, lease interval)
returns table (id uuid, number int, attempts int, sample jsonb, epoch bigint, kept boolean,
  pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  e webhook_endpoints%rowtype;
  busy int;
  moment timestamptz;
begin
  perform set_config('app.tenant', t, true);
  select * into e from webhook_endpoints w where w.tenant_id = t and w.id = endpoint for no key update;
  moment := clock_timestamp();
  if not found or e.state <> 'active' or e.open_until > moment then return; end if;
  select count(*) into busy from webhook_deliveries d
  where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' and d.claimed_until > moment;
  if busy >= (case when e.failures >= trouble then 1 else width end) then return; end if;
  return query
  with due as (
    select q.id from open_webhooks_v1(t, endpoint, e.ordered) q
    where q.due_at <= moment and (q.claimed_until is null or q.claimed_until <= moment)
    order by q.due_at, q.position limit 1),
  claimed as (
    update webhook_deliveries d set claimed_until = moment + lease, attempts = d.attempts + 1, tries = d.tries + 1
    from due where d.tenant_id = t and d.id = due.id returning d.*),
  tried as (
    insert into webhook_attempts (tenant_id, delivery_id, number, started_at) select t, c.id, c.tries, moment from claimed c)
  select c.id, c.tries, c.attempts, c.sample, c.epoch, v.position is not null,
    v.position, v.type, v.chat_id, v.user_id, v.seq, v.payload, v.internal, v.client_hash, v.at
  from claimed c left join events v on v.tenant_id = t and v.position = c.position;
end $f$;

-- When there is something to do for an endpoint; null when there is nothing.
create function next_webhook_v1(t text, endpoint uuid, width int, trouble int) returns timestamptz
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  e webhook_endpoints%rowtype;
  busy int;
  free timestamptz;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  select * into e from webhook_endpoints w where w.tenant_id = t and w.id = endpoint;
  if not found or e.state <> 'active' then return null; end if;
  select count(*), min(d.claimed_until) into busy, free from webhook_deliveries d
  where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' and d.claimed_until > moment;
  -- Whoever is at these comes back by itself, unless it dies.
  if busy >= (case when e.failures >= trouble then 1 else width end) then return free; end if;
  return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from open_webhooks_v1(t, endpoint, e.ordered) q);
end $f$;

-- Notes how an attempt ended, of the delivery and of its endpoint. True when the endpoint was disabled by it: it said that it is gone,
-- or nothing got through for `patience`. After `trouble` failures in a row it is let be, from `pause` on twice as long each time, at most
-- ten times `pause`.
create function finish_webhook_v1(t text, delivery uuid, try int, said json, outcome text, due timestamptz, why text,
  trouble int, pause interval, patience interval) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  d webhook_deliveries%rowtype;
  e webhook_endpoints%rowtype;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  update webhook_attempts a set ms = (said ->> 'ms')::int, status = (said ->> 'status')::int, answer = said ->> 'answer', fault = said ->> 'fault'
  where a.tenant_id = t and a.delivery_id = delivery and a.number = try;
  select * into d from webhook_deliveries x where x.tenant_id = t and x.id = delivery;
  if not found then return false; end if;
  if outcome <> 'delivered' then
    select * into e from webhook_endpoints w where w.tenant_id = t and w.id = d.endpoint_id for no key update;
  end if;
  update webhook_deliveries x set status = outcome, due_at = coalesce(due, x.due_at), detail = why, claimed_until = null, updated_at = moment
  where x.tenant_id = t and x.id = delivery and (x.status = 'queued' or outcome = 'delivered') and x.tries = try;
  if outcome = 'delivered' then
    update webhook_endpoints w set failures = 0, failing_since = null, open_until = null
    where w.tenant_id = t and w.id = d.endpoint_id and w.failures > 0;
    return false;
  end if;
  if e.id is null or outcome = 'expired' or e.state = 'disabled' then return false; end if;
  update webhook_endpoints w set failures = w.failures + 1, failing_since = coalesce(w.failing_since, moment),
    open_until = case when w.failures + 1 >= trouble then moment + pause * least(power(2, least(w.failures + 1 - trouble, 10)), 10) end
  where w.tenant_id = t and w.id = e.id returning * into e;
  if (said ->> 'status')::int is distinct from 410 and e.failing_since > moment - patience then return false; end if;
  update webhook_endpoints w set state = 'disabled', open_until = null, reason = case when (said ->> 'status')::int = 410
    then 'It answered 410 Gone' else 'Nothing got through since ' || to_char(e.failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end
  where w.tenant_id = t and w.id = e.id;
  update webhook_deliveries x set status = 'failed', detail = 'The endpoint was disabled', claimed_until = null, updated_at = moment
  where x.tenant_id = t and x.endpoint_id = e.id and x.status = 'queued';
  return true;
end $f$;

-- Takes out deliveries planned before, oldest first, with their attempts; returns how many.
create function retain_webhooks_v1(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare gone int;
begin
  perform set_config('app.tenant', t, true);
  with old as (select d.id from webhook_deliveries d where d.tenant_id = t and d.created_at < before limit lim),
  tries as (delete from webhook_attempts a using old where a.tenant_id = t and a.delivery_id = old.id)
  delete from webhook_deliveries d using old where d.tenant_id = t and d.id = old.id;
  get diagnostics gone = row_count;
  return gone;
end $f$;
