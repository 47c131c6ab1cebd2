-- Of a mail that is gone, as its person was erased while it was sent, no address is kept. What finish_mail_v1 does is as before, but for that:

-- A mail may come back before it is written down that it was taken: it stays bounced.
-- A look that sends nothing, because it is not the time for it, is no try: a mail that is put off often is not given up for that.
-- It comes back a second later at the earliest: whose clock is behind would look at what it put off again and again until then.
create function finish_mail_v3(t text, input json) returns void
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  mail_id uuid := (input ->> 'id')::uuid;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  update deliveries d set sending = false, attempts = greatest(d.attempts - (input ->> 'outcome' = 'stopped')::int, 0),
    status = input ->> 'status', rule = coalesce(input ->> 'rule', d.rule), detail = input ->> 'detail',
    due_at = case when input ->> 'outcome' = 'stopped' and input ->> 'status' = 'queued'
      then greatest((input ->> 'dueAt')::timestamptz, moment + interval '1 second') else (input ->> 'dueAt')::timestamptz end,
    held_until = (input ->> 'heldUntil')::timestamptz,
    provider_id = coalesce(input ->> 'providerId', d.provider_id), updated_at = moment,
    address = case when input ->> 'outcome' in ('sent', 'caught', 'permanent') then coalesce(input ->> 'address', d.address) else d.address end
  where d.tenant_id = t and d.id = mail_id and (d.status = 'queued' or d.status <> 'bounced' and input ->> 'status' in ('sent', 'caught'));
  if not found then
    update deliveries d set sending = false, provider_id = coalesce(input ->> 'providerId', d.provider_id)
    where d.tenant_id = t and d.id = mail_id;
  end if;
  update delivery_attempts a set ended_at = moment, outcome = input ->> 'outcome', words = input ->> 'words'
  where a.tenant_id = t and a.delivery_id = mail_id and a.number = (input ->> 'number')::int;
  if (input ->> 'suppress') is not null then
    insert into suppressions (tenant_id, address, reason, detail, created_at)
    select t, lower(input ->> 'suppress'), 'refused', input ->> 'words', moment
    where exists (select from deliveries d where d.tenant_id = t and d.id = mail_id) on conflict do nothing;
  end if;
end $f$;
