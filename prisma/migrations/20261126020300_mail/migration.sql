-- AlterTable
ALTER TABLE "deliveries" ADD COLUMN "sending" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "mail_settings" (
    "tenant_id" TEXT NOT NULL,
    "host" TEXT,
    "port" INTEGER,
    "security" TEXT NOT NULL DEFAULT 'auto',
    "username" TEXT,
    "password" TEXT,
    "from_address" TEXT,
    "from_name" TEXT,
    "reply_to" TEXT,
    "catcher" BOOLEAN NOT NULL DEFAULT true,
    "sns_topic_arn" TEXT,
    "postmark_secret" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_settings_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "mail_health" (
    "tenant_id" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "open_until" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "last_error_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_health_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "suppressions" (
    "tenant_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("tenant_id","address")
);

-- CreateTable
CREATE TABLE "caught_mails" (
    "tenant_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "caught_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "caught_mails_pkey" PRIMARY KEY ("tenant_id","id")
);

do $$
declare name text;
begin
  foreach name in array array['mail_settings', 'mail_health', 'suppressions', 'caught_mails'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_wall on %I using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()))', name);
  end loop;
end $$;

create index deliveries_sending on deliveries (tenant_id) where sending;

-- ── Sending: two round trips a mail, one before the server's answer and one after ──────────────────────────────────────
-- Takes the mail of a tenant that is due for the longest, counts the attempt, and says everything that is needed to decide and to write
-- it, as it is now. Null when none is due. One pump works a tenant's mail at a time; `sending` keeps its own hands apart.
create function claim_mail_v1(t text) returns json
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare d deliveries%rowtype;
begin
  perform set_config('app.tenant', t, true);
  select * into d from deliveries x where x.tenant_id = t and x.status = 'queued' and x.due_at <= clock_timestamp() and not x.sending
  order by x.due_at limit 1 for no key update skip locked;
  if not found then return null; end if;
  update deliveries x set attempts = x.attempts + 1, sending = true, updated_at = clock_timestamp()
  where x.tenant_id = t and x.id = d.id returning * into d;
  insert into delivery_attempts (tenant_id, delivery_id, number, started_at) values (t, d.id, d.attempts, clock_timestamp());
  return (
    select json_build_object('id', d.id, 'userId', d.user_id, 'kind', d.kind, 'type', d.type, 'subject', d.subject,
      'address', d.address, 'mail', d.mail, 'round', d.round, 'attempts', d.attempts, 'createdAt', d.created_at,
      'notificationId', d.notification_id,
      'older', d.epoch <> (select log_epoch_v1(l.epoch) from tenant_log l where l.tenant_id = t),
      'notification', (select json_build_object('subject', n.subject, 'message', n.message, 'mailText', n.mail_text,
          'htmlContent', n.html_content, 'summary', n.summary, 'readAt', n.read_at, 'expiresAt', n.expires_at)
        from notifications n where n.tenant_id = t and n.id = d.notification_id and n.status = 'visible'),
      'user', (select json_build_object('displayName', u.display_name, 'locale', u.locale) from users u where u.tenant_id = t and u.id = d.user_id),
      'mayUnsubscribe', not exists (select from categories c where c.tenant_id = t and c.type = d.type and c.required),
      'suppressed', (select s.reason from suppressions s where s.tenant_id = t and s.address = lower(d.address))));
end $f$;

-- Writes down how an attempt ended: {id, number, outcome, words, status, rule, detail, dueAt, heldUntil, providerId, suppress}. Nothing is
-- written when the mail was cancelled meanwhile, but the attempt.
create function finish_mail_v1(t text, input json) returns void
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  mail_id uuid := (input ->> 'id')::uuid;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  update deliveries d set sending = false, status = input ->> 'status', rule = coalesce(input ->> 'rule', d.rule), detail = input ->> 'detail',
    due_at = (input ->> 'dueAt')::timestamptz, held_until = (input ->> 'heldUntil')::timestamptz,
    provider_id = coalesce(input ->> 'providerId', d.provider_id), updated_at = moment
  where d.tenant_id = t and d.id = mail_id and (d.status = 'queued' or input ->> 'status' in ('sent', 'caught'));
  if not found then
    update deliveries d set sending = false where d.tenant_id = t and d.id = mail_id;
  end if;
  update delivery_attempts a set ended_at = moment, outcome = input ->> 'outcome', words = input ->> 'words'
  where a.tenant_id = t and a.delivery_id = mail_id and a.number = (input ->> 'number')::int;
  if (input ->> 'suppress') is not null then
    insert into suppressions (tenant_id, address, reason, detail, created_at)
    values (t, lower(input ->> 'suppress'), 'refused', input ->> 'words', moment) on conflict do nothing;
  end if;
end $f$;

create function free_mail_v1(t text) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  update deliveries d set sending = false where d.tenant_id = t and d.sending;
end $f$;

-- Comes back to a tenant's mail when the next one is due, but not before a time. To be called when the mail has been let go: whoever was turned
-- away before that had queued something, which is seen here. One after the other, so that the newest look is the one that stays.
create function schedule_mail_v1(t text, not_before timestamptz) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare due timestamptz;
begin
  perform set_config('app.tenant', t, true);
  perform pg_advisory_xact_lock(hashtextextended('mail-due:' || t, 0));
  select min(d.due_at) into due from deliveries d where d.tenant_id = t and d.status = 'queued' and not d.sending;
  if due is null then return; end if;
  perform enqueue_jobs_v1(json_build_array(json_build_object('task', 'mail', 'payload', json_build_object('tenantId', t),
    'key', 'mail-due:' || t, 'run_at', greatest(due, not_before, clock_timestamp()))));
end $f$;
