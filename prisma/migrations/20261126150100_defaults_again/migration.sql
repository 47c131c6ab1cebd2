-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "rules_at" TIMESTAMPTZ(3);

-- claim_mail_v1 that has preferences asked again, too, when the tenant's defaults have changed; and that finds a mail's notification by its key:
-- joined with its state, Postgres may read the whole inbox of the tenant for each mail.
create or replace function claim_mail_v1(t text) returns json
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  d deliveries%rowtype;
  turn int;
begin
  perform set_config('app.tenant', t, true);
  select * into d from deliveries x where x.tenant_id = t and x.status = 'queued' and x.due_at <= clock_timestamp() and not x.sending
  order by x.due_at limit 1 for no key update skip locked;
  if not found then return null; end if;
  update deliveries x set attempts = x.attempts + 1, sending = true, updated_at = clock_timestamp()
  where x.tenant_id = t and x.id = d.id returning * into d;
  insert into delivery_attempts as a (tenant_id, delivery_id, number, started_at)
  select t, d.id, 1 + coalesce(max(b.number), 0), clock_timestamp() from delivery_attempts b where b.tenant_id = t and b.delivery_id = d.id
  returning a.number into turn;
  return (
    select json_build_object('id', d.id, 'userId', d.user_id, 'kind', d.kind, 'type', d.type, 'subject', d.subject,
      'address', d.address, 'mail', d.mail, 'round', d.round, 'attempts', d.attempts, 'number', turn, 'createdAt', d.created_at,
      'notificationId', d.notification_id,
      'older', d.epoch <> (select log_epoch_v1(l.epoch) from tenant_log l where l.tenant_id = t),
      'notification', (select json_build_object('subject', n.subject, 'message', n.message, 'mailText', n.mail_text,
          'htmlContent', n.html_content, 'summary', n.summary, 'expiresAt', n.expires_at,
          -- What was filed is read from the start: that is no reason against a mail.
          'readAt', case when n.read_at > coalesce(n.visible_at, n.created_at) then n.read_at end)
        from (select * from notifications x where x.tenant_id = t and x.id = d.notification_id limit 1) n where n.status = 'visible'),
      -- Its person's preferences may be others than those it was planned by: said since, of a chat, or it is long ago.
      'stale', d.attempts > 1 or d.created_at < clock_timestamp() - interval '1 minute'
        or exists (select from preferences p where p.tenant_id = t and p.user_id = d.user_id and p.updated_at >= d.created_at - interval '5 seconds')
        or exists (select from preference_timings p where p.tenant_id = t and p.user_id = d.user_id and p.updated_at >= d.created_at - interval '5 seconds')
        or exists (select from categories c where c.tenant_id = t and c.type = d.type and c.updated_at >= d.created_at - interval '5 seconds')
        or exists (select from tenants c where c.id = t and c.rules_at >= d.created_at - interval '5 seconds')
        or exists (select from notifications n where n.tenant_id = t and n.id = d.notification_id and n.chat_id is not null),
      'mayUnsubscribe', not exists (select from categories c where c.tenant_id = t and c.type = d.type and c.required),
      'suppressed', (select s.reason from suppressions s where s.tenant_id = t and s.address = lower(d.address))));
end $f$;
