-- Takes out up to `lim` of a tenant's oldest events that are older than `before`. The floor is raised first, in the same transaction:
-- a cursor below it is told so, never served a part. Returns how many went.
create function retain_events_v1(t text, before timestamptz, lim int) returns int
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
  update tenant_log l set floor = greatest(l.floor, edge) where l.tenant_id = t;
  delete from events e where e.tenant_id = t and e.position <= edge;
  get diagnostics gone = row_count;
  return gone;
end $f$;

-- Idempotency keys are held for a day; a message's own clientMessageId for ever.
create function retain_keys_v1(t text, before timestamptz) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from idempotency_keys k where k.tenant_id = t and k.created_at < before;
  get diagnostics gone = row_count;
  delete from send_keys k where k.tenant_id = t and k.key like 'i:%' and k.created_at < before;
  get diagnostics more = row_count;
  return gone + more;
end $f$;
