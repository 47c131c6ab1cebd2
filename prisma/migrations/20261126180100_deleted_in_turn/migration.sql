-- decide_deleted_v1 that waits for a planner that is at it, where it may be at this very event: of two who write rows of the same events at
-- once, each could wait for the other.
create or replace function decide_deleted_v1() returns trigger
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  why text := case when old.expires_at <= clock_timestamp() then 'expired' else 'cancelled' end;
  planned bigint;
begin
  select p.position into planned from planner_cursors p where p.tenant_id = old.tenant_id and p.consumer = 'deliveries';
  if old.position <= planned then return old; end if;
  select p.position into planned from planner_cursors p where p.tenant_id = old.tenant_id and p.consumer = 'deliveries' for share;
  if old.position <= planned then return old; end if;
  insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, epoch)
  select old.tenant_id, gen_random_uuid(), 'event:' || old.position, old.user_id, c, 'notification', old.id, old.batch_id, old.type, old.subject,
    why, case why when 'expired' then 'expired' else 'deleted' end, log_epoch_v1(l.epoch)
  from tenant_log l, unnest(array['inApp', 'email']) as c
  where l.tenant_id = old.tenant_id
  on conflict (tenant_id, cause, user_id, channel) do nothing;
  return old;
end $f$;
