-- CreateTable
CREATE TABLE "notifications" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "mail_text" TEXT,
    "html_content" TEXT,
    "summary" TEXT,
    "priority" SMALLINT NOT NULL DEFAULT 1,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "email" TEXT,
    "template" JSONB,
    "status" TEXT NOT NULL,
    "scheduled_for" TIMESTAMPTZ(3),
    "scheduled_local" TEXT,
    "batch_id" UUID,
    "chat_id" UUID,
    "position" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "visible_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "snoozed_until" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "notification_batches" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "audience" TEXT NOT NULL,
    "audience_id" TEXT,
    "content" JSONB NOT NULL,
    "recipients" TEXT[],
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "cursor" TEXT,
    "status" TEXT NOT NULL,
    "scheduled_for" TIMESTAMPTZ(3),
    "scheduled_local" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_batches_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "topics" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topics_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "topic_subscribers" (
    "tenant_id" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topic_subscribers_pkey" PRIMARY KEY ("tenant_id","topic_id","user_id")
);

-- CreateTable
CREATE TABLE "tenant_dues" (
    "tenant_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_dues_pkey" PRIMARY KEY ("tenant_id","kind")
);

-- CreateIndex
CREATE INDEX "topic_subscribers_tenant_id_user_id_topic_id_idx" ON "topic_subscribers"("tenant_id", "user_id", "topic_id");

do $$
declare name text;
begin
  foreach name in array array['notifications', 'notification_batches', 'topics', 'topic_subscribers', 'tenant_dues'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;

-- An inbox, newest first; what of it is unread; what waits for a time; what one send to many made.
create index notifications_inbox on notifications (tenant_id, user_id, position desc) where status = 'visible';
create index notifications_unread on notifications (tenant_id, user_id, position desc)
  where status = 'visible' and read_at is null and archived_at is null;
create index notifications_due on notifications
  (tenant_id, (case when status = 'scheduled' then scheduled_for when status = 'visible' then least(snoozed_until, expires_at) end))
  where (case when status = 'scheduled' then scheduled_for when status = 'visible' then least(snoozed_until, expires_at) end) is not null;
create index notifications_of_batch on notifications (tenant_id, batch_id) where batch_id is not null;
create index notification_batches_due on notification_batches (tenant_id, due_at) where due_at is not null;
-- CreateIndex
CREATE INDEX "tenant_dues_kind_due_at_idx" ON "tenant_dues"("kind", "due_at");

-- The second look across tenants, by the role that sees log heads: which tenants have work of a kind that is due. It shows no more.
grant usage, create on schema public to parley_heads;
create policy heads on tenant_dues for select to parley_heads using (true);
grant select on tenant_dues to parley_heads;
create function due_tenants_v1(wanted text, moment timestamptz, lim int) returns table (tenant_id text)
language sql stable security definer set search_path = pg_catalog, public
as $f$
  select d.tenant_id from tenant_dues d where d.kind = wanted and d.due_at <= moment order by d.due_at limit lim
$f$;
alter function due_tenants_v1(text, timestamptz, int) owner to parley_heads;
revoke all on function due_tenants_v1(text, timestamptz, int) from public;
grant execute on function due_tenants_v1(text, timestamptz, int) to parley_runtime;
revoke create on schema public from parley_heads;

-- Says that a tenant has work of a kind at a time. Only under the log's head.
create function mark_due_v1(t text, of_kind text, moment timestamptz) returns void
language sql volatile security invoker set search_path = pg_catalog, public
as $f$
  insert into tenant_dues as d (tenant_id, kind, due_at) values (t, of_kind, moment)
  on conflict (tenant_id, kind) do update set due_at = excluded.due_at where d.due_at > excluded.due_at
$f$;
