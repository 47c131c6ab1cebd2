-- The log's when somebody asked for the delivery once more; null when nobody has.
alter table webhook_deliveries add column asked_epoch bigint;

-- As before, and what was queued in another epoch than the log's waits: the database was restored or moved since, and it may have been
-- delivered before. Such a row comes back as `older`, with no attempt noted.
drop function claim_webhook_v1(text, uuid, int, int, interval);
create function claim_webhook_v2(t text, endpoint uuid, width int, trouble int, lease interval)
returns table (id uuid, number int, attempts int, sample jsonb, epoch bigint, kept boolean, older boolean,
  pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  e webhook_endpoints%rowtype;
  busy int;
  moment timestamptz;
  now_epoch bigint;
begin
  perform set_config('app.tenant', t, true);
  select * into e from webhook_endpoints w where w.tenant_id = t and w.id = endpoint for no key update;
  moment := clock_timestamp();
  if not found or e.state <> 'active' or e.open_until > moment then return; end if;
  select count(*) into busy from webhook_deliveries d
  where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' and d.claimed_until > moment;
  if busy >= (case when e.failures >= trouble then 1 else width end) then return; end if;
  select log_epoch_v1(l.epoch) into now_epoch from tenant_log l where l.tenant_id = t;
  return query
  with due as (
    select q.id, coalesce(q.asked_epoch, q.epoch) <> now_epoch as older from open_webhooks_v1(t, endpoint, e.ordered) q
    where q.due_at <= moment and (q.claimed_until is null or q.claimed_until <= moment)
    order by q.due_at, q.position limit 1),
  held as (
    update webhook_deliveries d set status = 'waiting', claimed_until = null, updated_at = moment
    from due where due.older and d.tenant_id = t and d.id = due.id returning d.*),
  claimed as (
    update webhook_deliveries d set claimed_until = moment + lease, attempts = d.attempts + 1, tries = d.tries + 1
    from due where not due.older and d.tenant_id = t and d.id = due.id returning d.*),
  tried as (
    insert into webhook_attempts (tenant_id, delivery_id, number, started_at) select t, c.id, c.tries, moment from claimed c)
  select c.id, c.tries, c.attempts, c.sample, c.epoch, v.position is not null, c.older,
    v.position, v.type, v.chat_id, v.user_id, v.seq, v.payload, v.internal, v.client_hash, v.at
  from (select claimed.*, false as older from claimed union all select held.*, true from held) c
  left join events v on v.tenant_id = t and v.position = c.position;
end $f$;
