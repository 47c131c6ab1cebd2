-- CreateTable
CREATE TABLE "preferences" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "preferences_pkey" PRIMARY KEY ("tenant_id","user_id","type","channel")
);

-- CreateTable
CREATE TABLE "preference_timings" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "timezone" TEXT,
    "quiet" BOOLEAN,
    "quiet_from" TEXT,
    "quiet_to" TEXT,
    "digest_every" TEXT,
    "digest_at" TEXT,
    "digest_weekday" TEXT,
    "paused_until" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "preference_timings_pkey" PRIMARY KEY ("tenant_id","user_id")
);

do $$
declare name text;
begin
  foreach name in array array['preferences', 'preference_timings'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;
