-- CreateTable
CREATE TABLE "persons" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "password_hash" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "installation_owner" BOOLEAN NOT NULL DEFAULT false,
    "totp_secret" TEXT,
    "totp_confirmed_at" TIMESTAMPTZ(3),
    "totp_last_step" BIGINT NOT NULL DEFAULT 0,
    "recovery_hashes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "persons_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "person_sessions" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "sudo_until" TIMESTAMPTZ(3),

    CONSTRAINT "person_sessions_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "person_links" (
    "tenant_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "person_id" UUID,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "person_links_pkey" PRIMARY KEY ("tenant_id","hash")
);

-- CreateTable
CREATE TABLE "operators" (
    "tenant_id" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "operators_pkey" PRIMARY KEY ("tenant_id","person_id")
);

-- CreateTable
CREATE TABLE "operator_invitations" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "invited_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "operator_invitations_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "persons_tenant_id_email_key" ON "persons"("tenant_id", "email");

-- CreateIndex
CREATE INDEX "person_sessions_tenant_id_person_id_idx" ON "person_sessions"("tenant_id", "person_id");

-- CreateIndex
CREATE INDEX "operators_person_id_idx" ON "operators"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "operator_invitations_tenant_id_hash_key" ON "operator_invitations"("tenant_id", "hash");

-- CreateIndex
CREATE UNIQUE INDEX "operator_invitations_tenant_id_email_key" ON "operator_invitations"("tenant_id", "email");

do $$
declare name text;
begin
  foreach name in array array['persons', 'person_sessions', 'person_links', 'operators', 'operator_invitations'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;

-- A person may see of which tenants it is: set for one statement by person_tenants_v1 alone.
create policy own_roles on operators for select
  using (person_id = (select nullif(current_setting('app.person', true), '')::uuid));

-- The tenants of a person, whatever tenant the transaction was for; afterwards it is for the reserved one.
create function person_tenants_v1(p uuid) returns json
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  o record;
  n record;
  list jsonb := '[]';
begin
  perform set_config('app.tenant', '', true), set_config('app.person', p::text, true);
  for o in select r.tenant_id, r.role from operators r where r.person_id = p order by r.tenant_id limit 500 loop
    perform set_config('app.tenant', o.tenant_id, true);
    select t.name, t.suspended_at into n from tenants t where t.id = o.tenant_id;
    if found then
      list := list || jsonb_build_object('tenantId', o.tenant_id, 'role', o.role, 'name', n.name, 'suspended', n.suspended_at is not null);
    end if;
  end loop;
  perform set_config('app.tenant', 'installation', true), set_config('app.person', '', true);
  return list;
end $f$;

-- What every call of the console is checked against, in one round trip: the session, its person, the person's roles. Null when it is
-- over. Notes about once a minute that it was seen.
create function console_session_v1(s uuid) returns json
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  v person_sessions%rowtype;
  p persons%rowtype;
begin
  perform set_config('app.tenant', 'installation', true);
  select * into v from person_sessions x where x.tenant_id = 'installation' and x.id = s and x.expires_at > now();
  if v.id is null then return null; end if;
  select * into p from persons x where x.tenant_id = 'installation' and x.id = v.person_id;
  if p.id is null then return null; end if;
  if v.seen_at < now() - interval '1 minute' then
    update person_sessions x set seen_at = now() where x.tenant_id = 'installation' and x.id = s;
  end if;
  return json_build_object('sessionId', v.id, 'personId', p.id, 'email', p.email, 'name', p.name,
    'installationOwner', p.installation_owner,
    'expiresAt', (extract(epoch from v.expires_at) * 1000)::bigint,
    'sudoUntil', (extract(epoch from v.sudo_until) * 1000)::bigint,
    'tenants', person_tenants_v1(p.id));
end $f$;
