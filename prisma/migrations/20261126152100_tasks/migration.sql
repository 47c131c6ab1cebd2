-- CreateTable
CREATE TABLE "tasks" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "phase" INTEGER NOT NULL DEFAULT 0,
    "cursor" TEXT,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "lines" INTEGER NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "parts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "started_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "task_parts" (
    "tenant_id" TEXT NOT NULL,
    "task_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "task_parts_pkey" PRIMARY KEY ("tenant_id","task_id","number")
);

-- CreateIndex
CREATE INDEX "tasks_tenant_id_created_at_id_idx" ON "tasks"("tenant_id", "created_at", "id");

-- ── Tenant walls ────────────────────────────────────────────────────────────────────────────────────────────────────
do $$
declare name text;
begin
  foreach name in array array['tasks', 'task_parts'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;

-- The chats that a person is or was in, in order: a message of theirs can be nowhere else, and no index by sender slows sends down.
create function chats_of_person_v1(t text, u text, after uuid, lim int)
returns table (chat_id uuid, last_seq bigint, deleted_at timestamptz)
language sql stable security invoker set search_path = pg_catalog, public as $f$
  select x.chat_id, h.last_seq, c.deleted_at from (
    (select distinct s.chat_id from membership_spans s
      where s.tenant_id = t and s.user_id = u and (after is null or s.chat_id > after) order by 1 limit lim)
    union
    (select m.chat_id from members m
      where m.tenant_id = t and m.user_id = u and (after is null or m.chat_id > after) order by 1 limit lim)) x
  join chat_heads h on h.tenant_id = t and h.chat_id = x.chat_id join chats c on c.tenant_id = t and c.id = x.chat_id
  order by x.chat_id limit lim
$f$;
