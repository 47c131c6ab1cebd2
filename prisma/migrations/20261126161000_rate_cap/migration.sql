-- What the installation lets all calls of a tenant be at most, whatever the tenant sets; null for as it sets.
alter table tenants add column rate_cap jsonb;

create function rate_cap_v1(t text) returns jsonb
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return (select n.rate_cap from tenants n where n.id = t);
end $f$;

-- As before, with the cap.
drop function installation_tenants_v1(text, text, int);
create function installation_tenants_v2(after text, search text, lim int)
returns table (id text, name text, created_at timestamptz, suspended_at timestamptz, delete_after timestamptz, settings jsonb, rate_cap jsonb,
  operators int, users bigint, chats bigint, "position" bigint)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  h record;
  got int := 0;
begin
  for h in select l.tenant_id as t, l.pos as p from log_heads_v1(null) l where l.tenant_id > after order by l.tenant_id loop
    perform set_config('app.tenant', h.t, true);
    return query
      select n.id, n.name, n.created_at, n.suspended_at, n.delete_after, n.settings, n.rate_cap,
        (select count(*)::int from operators o where o.tenant_id = n.id),
        (select count(*) from users u where u.tenant_id = n.id), (select count(*) from chats c where c.tenant_id = n.id and c.deleted_at is null), h.p
      from tenants n where n.id = h.t and (search is null or n.id ilike '%' || search || '%' or n.name ilike '%' || search || '%');
    if found then got := got + 1; end if;
    exit when got >= lim;
  end loop;
  perform set_config('app.tenant', 'installation', true);
end $f$;
