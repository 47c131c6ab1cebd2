-- Sends to many that are due, at most `lim`, the longest due first: asked at the beginning of each, which waits for the answer. As rows of
-- Prisma it took 10 ms of a busy machine, so 1.
create function due_batches_v1(t text, moment timestamptz, lim int) returns setof uuid
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  return query
  select b.id from notification_batches b where b.tenant_id = t and b.due_at <= moment order by b.due_at limit lim;
end $f$;
