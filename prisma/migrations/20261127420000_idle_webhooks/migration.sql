-- As before, and of an endpoint in trouble that has nothing queued it says so: greatest() leaves out what is null, so that it said when
-- that one may be tried again, a time that had passed, and its job came back at once for ever.
create or replace function next_webhook_v1(t text, endpoint uuid, width int, trouble int) returns timestamptz
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
declare
  e webhook_endpoints%rowtype;
  busy int;
  free timestamptz;
  moment timestamptz := clock_timestamp();
begin
  perform set_config('app.tenant', t, true);
  select * into e from webhook_endpoints w where w.tenant_id = t and w.id = endpoint;
  if not found or e.state <> 'active' then return null; end if;
  select count(*), min(d.claimed_until) into busy, free from webhook_deliveries d
  where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued' and d.claimed_until > moment;
  -- Whoever is at these comes back by itself, unless it dies.
  if busy >= (case when e.failures >= trouble then 1 else width end) then return free; end if;
  if e.ordered then
    return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from first_webhooks_v1(t, endpoint) q
      having count(*) > 0);
  end if;
  -- At most `busy` of them are claimed: of one more, one is not, and none that is due later comes before it.
  return (select greatest(min(greatest(q.due_at, q.claimed_until)), e.open_until) from (
    select d.due_at, d.claimed_until from webhook_deliveries d where d.tenant_id = t and d.endpoint_id = endpoint and d.status = 'queued'
    order by d.due_at, d.position limit busy + 1) q having count(*) > 0);
end $f$;
