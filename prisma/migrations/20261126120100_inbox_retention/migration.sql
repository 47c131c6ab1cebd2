-- What was taken back before anybody saw it, and what became of sends to many, is not kept for ever. A send of which somebody still waits stays.
create index notifications_cancelled on notifications (tenant_id, created_at) where status = 'cancelled';
create index notification_batches_finished on notification_batches (tenant_id, finished_at) where finished_at is not null;
-- Those that follow the clock of their user, who may move.
create index notifications_local on notifications (tenant_id, user_id) where status = 'scheduled' and scheduled_local is not null;

create function retain_notifications_v1(t text, before timestamptz, lim int) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  gone int;
  more int;
begin
  perform set_config('app.tenant', t, true);
  delete from notification_batches b where b.tenant_id = t and b.id in (
    select o.id from notification_batches o where o.tenant_id = t and o.finished_at < before
      and not exists (select 1 from notifications n where n.tenant_id = t and n.batch_id = o.id and n.status = 'scheduled')
    order by o.finished_at limit lim for update skip locked);
  get diagnostics gone = row_count;
  if exists (select 1 from notifications n where n.tenant_id = t and n.status = 'cancelled' and n.created_at < before) then
    perform lock_head_v1(t);
    delete from notifications n where n.tenant_id = t and n.id in (
      select o.id from notifications o where o.tenant_id = t and o.status = 'cancelled' and o.created_at < before limit lim);
    get diagnostics more = row_count;
  end if;
  return greatest(gone, coalesce(more, 0));
end $f$;
