-- Caught mails and decisions are not kept for ever: the first hold what a mail said, the second grow with every notification. A decision that
-- waits for something stays until it is settled.
create function retain_mail_v1(t text, caught_before timestamptz, settled_before timestamptz, lim int) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from caught_mails c where c.tenant_id = t and c.caught_at < caught_before;
  get diagnostics gone = row_count;
  with old as (
    select d.id from deliveries d where d.tenant_id = t and d.updated_at < settled_before and d.status not in ('queued', 'held', 'waiting')
    limit lim
  ), tries as (
    delete from delivery_attempts a using old where a.tenant_id = t and a.delivery_id = old.id
  )
  delete from deliveries d using old where d.tenant_id = t and d.id = old.id;
  get diagnostics more = row_count;
  return gone + more;
end $f$;
