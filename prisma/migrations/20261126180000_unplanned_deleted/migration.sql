-- A notification of a send to many that goes before the planner has come to it: the planner finds its event, and no longer which send it
-- was of. So whoever deletes it writes the decisions, and those of a send add up to its audience all the same.
create function decide_deleted_v1() returns trigger
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  why text := case when old.expires_at <= clock_timestamp() then 'expired' else 'cancelled' end;
begin
  insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, epoch)
  select old.tenant_id, gen_random_uuid(), 'event:' || old.position, old.user_id, c, 'notification', old.id, old.batch_id, old.type, old.subject,
    why, case why when 'expired' then 'expired' else 'deleted' end, log_epoch_v1(l.epoch)
  from tenant_log l, unnest(array['inApp', 'email']) as c
  where l.tenant_id = old.tenant_id and old.position > coalesce((
    select p.position from planner_cursors p where p.tenant_id = old.tenant_id and p.consumer = 'deliveries'), 0)
  on conflict (tenant_id, cause, user_id, channel) do nothing;
  return old;
end $f$;
create trigger decide_deleted before delete on notifications
for each row when (old.batch_id is not null and old.status = 'visible') execute function decide_deleted_v1();
