-- claim_mail_v1 of mails of notifications that were filed: read from the start, which is no reason against a mail.
create or replace function claim_mail_v1(t text) returns json
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
          'htmlContent', n.html_content, 'summary', n.summary, 
          'readAt', case when n.read_at > coalesce(n.visible_at, n.created_at) then n.read_at end, 'expiresAt', n.expires_at)
        from notifications n where n.tenant_id = t and n.id = d.notification_id and n.status = 'visible'),
      'user', (select json_build_object('displayName', u.display_name, 'locale', u.locale) from users u where u.tenant_id = t and u.id = d.user_id),
      'mayUnsubscribe', not exists (select from categories c where c.tenant_id = t and c.type = d.type and c.required),
      'suppressed', (select s.reason from suppressions s where s.tenant_id = t and s.address = lower(d.address))));
end $f$;
