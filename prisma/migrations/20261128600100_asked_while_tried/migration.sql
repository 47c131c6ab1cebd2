-- As before, but that what somebody asks for while it is tried is tried once more, as it was asked.
create or replace function finish_webhook_v1(t text, delivery uuid, try int, said json, outcome text, due timestamptz, why text,
  trouble int, pause interval, patience interval) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  d webhook_deliveries%rowtype;
  e webhook_endpoints%rowtype;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  select * into d from webhook_deliveries x where x.tenant_id = t and x.id = delivery;
  if not found then return false; end if;
  if outcome = 'delivered' then
    update webhook_endpoints w set failures = 0, failing_since = null, open_until = null
    where w.tenant_id = t and w.id = d.endpoint_id and w.failures > 0;
  else
    select * into e from webhook_endpoints w where w.tenant_id = t and w.id = d.endpoint_id for no key update;
  end if;
  update webhook_attempts a set ms = (said ->> 'ms')::int, status = (said ->> 'status')::int, answer = said ->> 'answer', fault = said ->> 'fault'
  where a.tenant_id = t and a.delivery_id = delivery and a.number = try;
  -- A claim counts an attempt, so one with none was asked for while it was tried: it is due as it was asked, unless it has got through.
  update webhook_deliveries x set claimed_until = null, updated_at = moment
  where x.tenant_id = t and x.id = delivery and x.status = 'queued' and outcome <> 'delivered' and x.tries = try and x.attempts = 0;
  if not found then
    update webhook_deliveries x set status = outcome, due_at = coalesce(due, x.due_at), detail = why, claimed_until = null, updated_at = moment
    where x.tenant_id = t and x.id = delivery and (x.status = 'queued' or outcome = 'delivered') and x.tries = try;
  end if;
  if outcome = 'delivered' then return false; end if;
  if e.id is null or outcome = 'expired' or e.state = 'disabled' then return false; end if;
  update webhook_endpoints w set failures = w.failures + 1, failing_since = coalesce(w.failing_since, moment),
    open_until = case when w.failures + 1 >= trouble then moment + pause * least(power(2, least(w.failures + 1 - trouble, 10)), 10) end
  where w.tenant_id = t and w.id = e.id returning * into e;
  if (said ->> 'status')::int is distinct from 410 and e.failing_since > moment - patience then return false; end if;
  update webhook_endpoints w set state = 'disabled', open_until = null, reason = case when (said ->> 'status')::int = 410
    then 'It answered 410 Gone' else 'Nothing got through since ' || to_char(e.failing_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end
  where w.tenant_id = t and w.id = e.id;
  perform fail_webhooks_v1(t, e.id, 2000);
  return true;
end $f$;
