-- Of a tenant that was purged its jobs stayed, with what they were to do and to send.

-- Takes out jobs of the transaction's tenant that nobody is doing; answers how many, at most lim.
create function forget_jobs_v1(lim int) returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
declare gone int;
begin
  delete from graphile_worker._private_jobs j where j.id = any (array(
    select x.id from graphile_worker._private_jobs x
    where x.locked_at is null and x.payload ->> 'tenantId' = nullif(current_setting('app.tenant', true), '')
    limit lim for update skip locked));
  get diagnostics gone = row_count;
  return gone;
end $f$;
revoke all on function forget_jobs_v1(int) from public;
grant execute on function forget_jobs_v1(int) to parley_runtime;

-- As before, but the jobs go too; and each step finds the tenant's rows by an index, where it could read all tenants' before it came to the last
-- few, and read on past those of steps before.
create or replace function purge_tenant_v1(t text, lim int) returns bigint
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set search_path = pg_catalog, public as $f$
declare
  name text;
  gone bigint := 0;
  n bigint;
begin
  perform set_config('app.tenant', t, true);
  -- One statement: whoever restores the tenant at the same moment is waited for, and then nothing of it goes.
  update tenants x set suspended_at = coalesce(x.suspended_at, now()), name = '', settings = '{}' where x.id = t and x.delete_after < now();
  if not found then return 0; end if;
  update planner_cursors p set position = l.position, recipient = null from tenant_log l
  where p.tenant_id = t and l.tenant_id = t and (p.position < l.position or p.recipient is not null);
  for name in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity and c.relname not in ('tenant_log', 'planner_cursors') order by c.relname loop
    execute format('delete from %I where ctid = any (array(select ctid from %I where tenant_id = $1 limit $2)) and tenant_id = $1', name, name) using t, lim;
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  if gone = 0 then gone := forget_jobs_v1(lim); end if;
  if gone = 0 then
    delete from planner_cursors p where p.tenant_id = t;
    delete from tenant_log l where l.tenant_id = t;
    get diagnostics gone = row_count;
  end if;
  return gone;
end $f$;
