-- Why things arrived or did not, newest first, of the tenant and of one person, and the hourly look for what is too old, read every row
-- of the tenant.
-- CreateIndex
CREATE INDEX "deliveries_tenant_id_created_at_id_idx" ON "deliveries"("tenant_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "deliveries_tenant_id_user_id_created_at_id_idx" ON "deliveries"("tenant_id", "user_id", "created_at", "id");

-- The calls of one person, for an export and an erasure: those of keys have no entry.
create index api_requests_of_user on api_requests (tenant_id, user_id, id) where user_id is not null;

-- It led with the time: each tenant's look for its old keys went through those of all.
drop index send_keys_expiring;
create index send_keys_expiring on send_keys (tenant_id, created_at) where key like 'i:%';

-- As before, by when a decision was made: what was settled before a time was made before it.
create or replace function retain_mail_v1(t text, caught_before timestamptz, settled_before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from caught_mails c where c.tenant_id = t and c.caught_at < caught_before;
  get diagnostics gone = row_count;
  with old as (
    select d.id from deliveries d
    where d.tenant_id = t and d.created_at < settled_before and d.updated_at < settled_before and d.status not in ('queued', 'held', 'waiting')
    order by d.created_at limit lim
  ), tries as (
    delete from delivery_attempts a using old where a.tenant_id = t and a.delivery_id = old.id
  )
  delete from deliveries d using old where d.tenant_id = t and d.id = old.id;
  get diagnostics more = row_count;
  return gone + more;
end $f$;
