-- CreateTable
CREATE TABLE "deliveries" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "notification_id" UUID,
    "batch_id" UUID,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "rule" TEXT,
    "detail" TEXT,
    "address" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "held_until" TIMESTAMPTZ(3),
    "digest_id" UUID,
    "mail" JSONB,
    "round" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "epoch" BIGINT NOT NULL,
    "provider_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "delivery_attempts" (
    "tenant_id" TEXT NOT NULL,
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "words" TEXT,

    CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("tenant_id","delivery_id","number")
);

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_tenant_id_cause_user_id_channel_key" ON "deliveries"("tenant_id", "cause", "user_id", "channel");

do $$
declare name text;
begin
  foreach name in array array['deliveries', 'delivery_attempts'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;

-- Mails to be sent, the longest due first; those of one notification, of one send to many, of one name at the mail server.
create index deliveries_due on deliveries (tenant_id, due_at) where status = 'queued';
create index deliveries_of_notification on deliveries (tenant_id, notification_id) where notification_id is not null;
create index deliveries_of_batch on deliveries (tenant_id, batch_id) where batch_id is not null;
create index deliveries_of_provider on deliveries (tenant_id, provider_id) where provider_id is not null;
