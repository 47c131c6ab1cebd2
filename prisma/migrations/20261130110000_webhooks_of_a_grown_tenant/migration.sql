-- A tenant that has grown since the last analysis, which comes when a tenth of the table is new, was taken for one of a single row. Any
-- index that begins with the tenant served that, and a claim read all that waited for its endpoint. Without figures each counts as a
-- two-hundredth of the table as it is now, which tells the indexes apart. Of these tables alone: of others many rows are joined by their
-- keys, or a few looked for in order, and there the true share of a tenant is what makes that cheap.
do $$
declare
  r regclass;
  is_cleared boolean;
begin
  foreach r in array array['webhook_deliveries', 'webhook_attempts']::regclass[] loop
    -- What an earlier analysis said stays for ever otherwise, so where it cannot be taken away nothing changes: before 18 that takes a superuser.
    is_cleared := true;
    if current_setting('server_version_num')::int >= 180000 then
      execute 'select pg_clear_attribute_stats($1, $2, $3, false)' using 'public', r::text, 'tenant_id';
    elsif current_setting('is_superuser')::boolean then
      delete from pg_statistic s using pg_attribute a
      where s.starelid = r and a.attrelid = r and a.attname = 'tenant_id' and s.staattnum = a.attnum;
    else
      is_cleared := (select c.reltuples < 0 from pg_class c where c.oid = r);
    end if;
    if is_cleared then execute format('alter table %s alter column tenant_id set statistics 0', r); end if;
  end loop;
end $$;
