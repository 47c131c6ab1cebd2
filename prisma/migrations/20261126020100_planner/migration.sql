-- CreateTable
CREATE TABLE "planner_cursors" (
    "tenant_id" TEXT NOT NULL,
    "consumer" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "recipient" TEXT,
    "epoch" BIGINT NOT NULL,
    "gate" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "planner_cursors_pkey" PRIMARY KEY ("tenant_id","consumer")
);

-- CreateTable
CREATE TABLE "job_workers" (
    "id" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_workers_pkey" PRIMARY KEY ("id")
);

alter table planner_cursors enable row level security;
alter table planner_cursors force row level security;
create policy tenant_wall on planner_cursors using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));
-- Moved with every batch: room on the page keeps the updates HOT.
alter table planner_cursors set (fillfactor = 50);
-- Who works the queue is the queue's own business.
revoke all on job_workers from parley_runtime;

-- ── Planner ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Locks a consumer's cursor for this transaction and says where the log is. No row: another worker has it, or there is no log.
-- A cursor begins at the log's floor. When the log's epoch is another one than the cursor's, everything the log holds now is older
-- than it: that is what the gate says from then on.
create function claim_cursor_v1(t text, who text)
returns table (pos bigint, recipient text, gate bigint, epoch bigint, head bigint)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  mine planner_cursors%rowtype;
  log_head bigint;
  log_epoch bigint;
begin
  perform set_config('app.tenant', t, true);
  select * into mine from planner_cursors c where c.tenant_id = t and c.consumer = who for no key update skip locked;
  if not found then
    insert into planner_cursors (tenant_id, consumer, position, epoch)
    select t, who, l.floor, log_epoch_v1(l.epoch) from tenant_log l where l.tenant_id = t
    on conflict do nothing returning * into mine;
    if not found then return; end if;
  end if;
  select l.position, log_epoch_v1(l.epoch) into log_head, log_epoch from tenant_log l where l.tenant_id = t;
  if mine.epoch <> log_epoch then
    update planner_cursors c set epoch = log_epoch, gate = log_head, position = least(c.position, log_head)
    where c.tenant_id = t and c.consumer = who returning * into mine;
  end if;
  return query select mine.position, mine.recipient, mine.gate, mine.epoch, log_head;
end $f$;

-- Events of some types in (after, upto], oldest first. The tenant is the transaction's.
create function read_events_of_v1(t text, after bigint, upto bigint, types text[], lim int)
returns table (pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  return query select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at
  from events e where e.tenant_id = t and e.position > after and e.position <= upto and e.type = any (types)
  order by e.position limit lim;
end $f$;

-- retain_events_v1 that stops at the slowest cursor: what nobody has planned the effects of is not cut, however old. A log that no
-- planner has ever read has no cursor, and is not cut either.
create or replace function retain_events_v1(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  edge bigint;
  gone int;
begin
  perform set_config('app.tenant', t, true);
  -- Only an unbroken run from the start may go: a clock that was set back must not open a hole.
  select max(e.position) into edge from (
    select o.position, bool_and(o.at < before) over (order by o.position) as old
    from (select e.position, e.at from events e where e.tenant_id = t order by e.position limit lim) o) e where e.old;
  if edge is null then return 0; end if;
  select least(edge, coalesce(min(c.position), 0)) into edge from planner_cursors c where c.tenant_id = t;
  update tenant_log l set floor = greatest(l.floor, edge) where l.tenant_id = t;
  delete from events e where e.tenant_id = t and e.position <= edge;
  get diagnostics gone = row_count;
  return gone;
end $f$;

-- ── Jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The queue's tables belong to the owner, tenants' rows are worked as the runtime role, and a plan is one transaction over both. So the
-- runtime role gets three narrow doors into the queue, each for its own tenant, instead of grants on tables of another product that
-- its next version may replace. The bodies name the queue only when they run: it may be installed after them.

-- input: [{task, payload, run_at, max_attempts, key}], keys unique. A waiting job of the same key is replaced; a running one goes on, and
-- another is made. A payload is of the transaction's tenant.
create function enqueue_jobs_v1(input json) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
begin
  if exists (select from json_to_recordset(input) as r (payload json)
    where r.payload ->> 'tenantId' is distinct from nullif(current_setting('app.tenant', true), '')) then
    raise exception 'a job is enqueued in its own tenant''s transaction' using errcode = '42501';
  end if;
  perform graphile_worker.add_jobs(array(
    select row(r.task, r.payload, null, r.run_at, r.max_attempts, r.key, null, null)::graphile_worker.job_spec
    from json_to_recordset(input) as r (task text, payload json, run_at timestamptz, max_attempts smallint, key text) order by r.key));
end $f$;

-- Jobs of the transaction's tenant that are not tried again, newest first.
create function dead_jobs_v1(lim int, skip int)
returns table (id text, task text, payload json, attempts int, error text, created_at timestamptz, died_at timestamptz, total int)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $f$
begin
  return query
  select j.id::text, k.identifier, j.payload, j.attempts::int, j.last_error, j.created_at, j.updated_at, count(*) over ()::int
  from graphile_worker._private_jobs j join graphile_worker._private_tasks k on k.id = j.task_id
  where j.attempts >= j.max_attempts and j.locked_at is null and j.key is not null
    and j.payload ->> 'tenantId' = nullif(current_setting('app.tenant', true), '')
  order by j.updated_at desc, j.id desc limit lim offset skip;
end $f$;

-- Tries a dead job of the transaction's tenant again, or takes it out. False when there is none of that id.
create function settle_dead_job_v1(job text, again boolean) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
declare found_id bigint;
begin
  select j.id into found_id from graphile_worker._private_jobs j
  where j.id::text = job and j.attempts >= j.max_attempts and j.locked_at is null and j.key is not null
    and j.payload ->> 'tenantId' = nullif(current_setting('app.tenant', true), '') for update skip locked;
  if found_id is null then return false; end if;
  if again then
    perform graphile_worker.reschedule_jobs(array[found_id], run_at => now(), attempts => 0);
    perform pg_notify('jobs:insert', '{"count":1}');
  else
    perform graphile_worker.complete_jobs(array[found_id]);
  end if;
  return true;
end $f$;

revoke all on function enqueue_jobs_v1(json), dead_jobs_v1(int, int), settle_dead_job_v1(text, boolean) from public;
grant execute on function enqueue_jobs_v1(json), dead_jobs_v1(int, int), settle_dead_job_v1(text, boolean) to parley_runtime;

-- For the queue's own role: frees what dead pools hold. A pool that has not been seen for `patience` is dead, and so is one that holds a job
-- for as long and was never seen. A running job that was asked for anew has no key any more: its successor does its work, so it goes.
create function rescue_jobs_v1(patience interval) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $f$
declare dead text[];
begin
  select array_agg(distinct h.locked_by) into dead from (
    select j.locked_by, j.locked_at from graphile_worker._private_jobs j where j.locked_by is not null
    union all select q.locked_by, q.locked_at from graphile_worker._private_job_queues q where q.locked_by is not null) h
  left join public.job_workers w on w.id = h.locked_by
  where coalesce(w.seen_at, h.locked_at) < clock_timestamp() - patience;
  delete from public.job_workers w where w.seen_at < clock_timestamp() - greatest(patience * 10, interval '1 hour');
  if dead is null then return 0; end if;
  delete from graphile_worker._private_jobs j where j.locked_by = any (dead) and j.key is null;
  update graphile_worker._private_jobs j set last_error = 'The worker died while doing it', updated_at = now()
  where j.locked_by = any (dead) and j.attempts >= j.max_attempts;
  perform graphile_worker.force_unlock_workers(dead);
  perform pg_notify('jobs:insert', '{"count":1}');
  return cardinality(dead);
end $f$;
revoke all on function rescue_jobs_v1(interval) from public;
