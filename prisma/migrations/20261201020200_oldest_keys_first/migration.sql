-- As before, but the oldest first by an index of the tenant's own: however many keys are young, they are not read.
create or replace function retain_keys_v2(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from idempotency_keys k where k.tenant_id = t and k.ctid = any (array(
    select o.ctid from idempotency_keys o where o.tenant_id = t and o.created_at < before order by o.created_at limit lim));
  get diagnostics gone = row_count;
  delete from send_keys k where k.tenant_id = t and k.ctid = any (array(
    select o.ctid from send_keys o where o.tenant_id = t and o.key like 'i:%' and o.created_at < before order by o.created_at limit lim));
  get diagnostics more = row_count;
  return gone + more;
end $f$;
