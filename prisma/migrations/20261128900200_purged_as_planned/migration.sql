-- As it was, but for two things. A tenant which is restored while the purge waits for its row stays as it is. And the planner's cursors stay
-- to the end, at the head of the log: without them what is left of the log would be planned once more between two rounds, and who was mailed
-- before would be mailed again.
create or replace function purge_tenant_v1(t text, lim int) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
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
  if gone = 0 then
    delete from planner_cursors p where p.tenant_id = t;
    delete from tenant_log l where l.tenant_id = t;
    get diagnostics gone = row_count;
  end if;
  return gone;
end $f$;
