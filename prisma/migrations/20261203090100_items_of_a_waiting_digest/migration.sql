-- retain_mail_v1 that keeps what went into a digest until that has gone out: a digest that has waited for so long would go out as it was
-- first written, with what was read or deleted since.
create function retain_mail_v2(t text, caught_before timestamptz, settled_before timestamptz, lim int) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from caught_mails c where c.tenant_id = t and c.caught_at < caught_before;
  get diagnostics gone = row_count;
  with old as (
    select d.id from deliveries d
    where d.tenant_id = t and d.created_at < settled_before and d.updated_at < settled_before and d.status not in ('queued', 'held', 'waiting')
      and (d.digest_id is null or not exists (select from deliveries g where g.tenant_id = t and g.cause = 'digest:' || d.digest_id
        and g.user_id = d.user_id and g.channel = d.channel and g.status in ('queued', 'held', 'waiting')))
    order by d.created_at limit lim
  ), tries as (
    delete from delivery_attempts a using old where a.tenant_id = t and a.delivery_id = old.id
  )
  delete from deliveries d using old where d.tenant_id = t and d.id = old.id;
  get diagnostics more = row_count;
  return gone + more;
end $f$;
