-- As retain_webhooks_v2, but that only what the log has let go of ends as expired. An event is kept until every effect of it is planned, however
-- old it is: meanwhile its deliveries were shown as past sending, each with its body and a button to send it again. Called after the log was cut.
create function retain_webhooks_v3(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
declare
  ended int;
  shown timestamptz := before - (clock_timestamp() - before);
  edge timestamptz;
begin
  perform set_config('app.tenant', t, true);
  -- What the log still has was planned after it was written: no such delivery is walked through.
  edge := least(before, (select v.at from events v where v.tenant_id = t order by v.position limit 1));
  -- A subquery for its value is no join: each has its one event looked up.
  -- What is due later, after a try that failed, ends when that comes: a young queue is not walked through for it.
  update webhook_deliveries x set status = 'expired', claimed_until = null, updated_at = clock_timestamp(),
    detail = case when x.position is null then 'It waited for longer than events are kept'
      else 'The event is no longer kept, so it can be neither sent nor replayed' end
  where x.tenant_id = t and x.status in ('queued', 'waiting') and x.id = any (array(
    select d.id from webhook_endpoints e cross join lateral (
      (select q.id from webhook_deliveries q where q.tenant_id = t and q.endpoint_id = e.id and q.status = 'queued' and q.due_at < edge
       and q.created_at < edge and (select v.position from events v where v.tenant_id = t and v.position = q.position limit 1) is null order by q.due_at limit lim)
      union all
      (select w.id from webhook_deliveries w where w.tenant_id = t and w.endpoint_id = e.id and w.status = 'waiting' and w.created_at < edge
       and (select v.position from events v where v.tenant_id = t and v.position = w.position limit 1) is null order by w.created_at limit lim)) d
    where e.tenant_id = t limit lim));
  get diagnostics ended = row_count;
  if ended >= lim then return ended; end if;
  -- By status and age, each: what is still shown as expired may be a million, and is not walked through.
  return ended + clear_webhooks_v1(t, array(
    with recursive ends as (
      (select x.endpoint_id from webhook_deliveries x where x.tenant_id = t order by x.endpoint_id limit 1)
      union all
      select n.endpoint_id from ends e cross join lateral (
        select x.endpoint_id from webhook_deliveries x where x.tenant_id = t and x.endpoint_id > e.endpoint_id order by x.endpoint_id limit 1) n)
    select d.id from ends e
    cross join lateral (select not exists (select from webhook_endpoints w where w.tenant_id = t and w.id = e.endpoint_id) as gone) g
    cross join lateral (
      (select x.id from webhook_deliveries x where g.gone and x.tenant_id = t and x.endpoint_id = e.endpoint_id and x.created_at < before
       order by x.created_at limit lim)
      union all
      (select x.id from webhook_deliveries x where not g.gone and x.tenant_id = t and x.endpoint_id = e.endpoint_id and x.status = 'delivered'
       and x.created_at < before order by x.created_at limit lim)
      union all
      (select x.id from webhook_deliveries x where not g.gone and x.tenant_id = t and x.endpoint_id = e.endpoint_id and x.status = 'failed'
       and x.created_at < before order by x.created_at limit lim)
      union all
      (select x.id from webhook_deliveries x where not g.gone and x.tenant_id = t and x.endpoint_id = e.endpoint_id and x.status = 'expired'
       and x.created_at < shown and x.updated_at < before order by x.created_at limit lim)) d
    limit lim));
end $f$;
