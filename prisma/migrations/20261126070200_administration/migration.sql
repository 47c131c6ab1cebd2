-- AlterTable
ALTER TABLE "tenants" ADD COLUMN "delete_after" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "audit_entries" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT,
    "ip" TEXT,
    "operation" TEXT NOT NULL,
    "target" TEXT,
    "input" JSONB NOT NULL DEFAULT '{}',
    "before" JSONB,
    "after" JSONB,
    "outcome" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "audit_entries_tenant_id_at_id_idx" ON "audit_entries"("tenant_id", "at", "id");

alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy tenant_wall on audit_entries using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

-- Tenants as the installation's owner sees them: from `after` on, by id; counts of what they have, nothing of what is in it. The ids come
-- from the list of logs' heads; each tenant is read as itself.
create function installation_tenants_v1(after text, search text, lim int)
returns table (id text, name text, created_at timestamptz, suspended_at timestamptz, delete_after timestamptz, settings jsonb,
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
      select n.id, n.name, n.created_at, n.suspended_at, n.delete_after, n.settings,
        (select count(*)::int from operators o where o.tenant_id = n.id),
        (select count(*) from users u where u.tenant_id = n.id), (select count(*) from chats c where c.tenant_id = n.id and c.deleted_at is null), h.p
      from tenants n where n.id = h.t and (search is null or n.id ilike '%' || search || '%' or n.name ilike '%' || search || '%');
    if found then got := got + 1; end if;
    exit when got >= lim;
  end loop;
  perform set_config('app.tenant', 'installation', true);
end $f$;

-- Takes out up to `lim` rows of each table of a tenant that was deleted; returns how many went. When nothing is left but its log, that
-- goes too, and the tenant's own row stays as a tombstone, so that nobody gets its id.
create function purge_tenant_v1(t text, lim int) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  name text;
  gone bigint := 0;
  n bigint;
begin
  perform set_config('app.tenant', t, true);
  if not exists (select from tenants x where x.id = t and x.delete_after < now()) then return 0; end if;
  update tenants x set suspended_at = coalesce(x.suspended_at, now()), name = '', settings = '{}' where x.id = t;
  for name in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity and c.relname <> 'tenant_log' order by c.relname loop
    execute format('delete from %I where ctid = any (array(select ctid from %I where tenant_id = $1 limit $2)) and tenant_id = $1', name, name) using t, lim;
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  if gone = 0 then
    delete from tenant_log l where l.tenant_id = t;
    get diagnostics gone = row_count;
  end if;
  return gone;
end $f$;
