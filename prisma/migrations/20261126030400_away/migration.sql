-- CreateTable
CREATE TABLE "away_sweeps" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "cursor" TEXT,
    "next_at" TIMESTAMPTZ(3),

    CONSTRAINT "away_sweeps_pkey" PRIMARY KEY ("tenant_id","chat_id")
);

-- CreateTable
CREATE TABLE "away_notices" (
    "tenant_id" TEXT NOT NULL,
    "chat_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "notification_id" UUID,
    "from_seq" BIGINT NOT NULL,
    "to_seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "away_notices_pkey" PRIMARY KEY ("tenant_id","chat_id","user_id")
);

do $$
declare name text;
begin
  foreach name in array array['away_sweeps', 'away_notices'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;
