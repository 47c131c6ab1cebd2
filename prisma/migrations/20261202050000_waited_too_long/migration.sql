-- As retain_webhooks_v1, but that what has not ended is not taken out: of a paused endpoint or a suspended tenant, or after a restore, it went
-- without a word. It ends as expired, and goes when that has been shown for as long as events are kept. Of an endpoint that is gone it is
-- shown nowhere. Returns how many ended, if those were `lim`, else how many ended or went; at most `lim` of each.
create function retain_webhooks_v2(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set search_path = pg_catalog, public as $f$
declare
  ended int;
  shown timestamptz := before - (clock_timestamp() - before);
begin
  perform set_config('app.tenant', t, true);
  -- What is due later, after a try that failed, ends when that comes: a young queue is not walked through for it.
  update webhook_deliveries x set status = 'expired', claimed_until = null, updated_at = clock_timestamp(),
    detail = case when x.position is null then 'It waited for longer than events are kept'
      else 'The event is no longer kept, so it can be neither sent nor replayed' end
  where x.tenant_id = t and x.status in ('queued', 'waiting') and x.id = any (array(
    select d.id from webhook_endpoints e cross join lateral (
      (select q.id from webhook_deliveries q where q.tenant_id = t and q.endpoint_id = e.id and q.status = 'queued' and q.due_at < before
       and q.created_at < before order by q.due_at limit lim)
      union all
      (select w.id from webhook_deliveries w where w.tenant_id = t and w.endpoint_id = e.id and w.status = 'waiting' and w.created_at < before
       order by w.created_at limit lim)) d
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
