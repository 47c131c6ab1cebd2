-- A tenant that has grown since the last analysis, which comes when a tenth of the table is new, was taken for one of a single row. Any
-- index that begins with the tenant served that, and to find one delivery by its id all of the tenant's were read. Without figures each
-- tenant counts as a two-hundredth of the table as it is now, which is enough to choose the right index, always.
do $$
declare
  r record;
begin
  for r in
    select c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'tenant_id'
  loop
    execute format('alter table %I alter column tenant_id set statistics 0', r.relname);
    -- What an earlier analysis said stays otherwise. Before 18 only a superuser could take it away; such a database keeps it.
    if current_setting('server_version_num')::int >= 180000 then
      execute 'select pg_clear_attribute_stats($1, $2, $3, false)' using 'public', r.relname, 'tenant_id';
    end if;
  end loop;
end $$;
