-- The timeline of an epoch is that which is written to now. A checkpoint knows it only once it has ended, which after a promotion may take
-- minutes; until then it stands where recovery ended, which is forgotten with that checkpoint.
create function timeline_v1() returns integer language sql stable
return (select greatest(c.timeline_id, r.min_recovery_end_timeline) from pg_control_checkpoint() c, pg_control_recovery() r);

create or replace function log_epoch_v1(head_epoch bigint) returns bigint language sql stable
return (select epoch_of_v1(head_epoch, s.system_identifier, timeline_v1()) from pg_control_system() s);

create or replace function log_heads_v1(tenants text[]) returns table (tenant_id text, pos bigint, epoch bigint)
language sql stable security definer set search_path = pg_catalog, public
as $f$
  with server as materialized (select s.system_identifier, timeline_v1() as timeline_id from pg_control_system() s)
  select l.tenant_id, l.position, epoch_of_v1(l.epoch, s.system_identifier, s.timeline_id) from tenant_log l cross join server s
  where tenants is null or l.tenant_id = any (tenants)
$f$;

create or replace function logs_behind_v1(consumers text[]) returns table (tenant_id text)
language sql stable security definer set search_path = pg_catalog, public
as $f$
  with server as materialized (select s.system_identifier, timeline_v1() as timeline_id from pg_control_system() s),
  planned as (
    select c.tenant_id, count(*) as cursors, min(c.position) as upto, min(c.epoch) as oldest, max(c.epoch) as newest
    from planner_cursors c where c.consumer = any (consumers) group by c.tenant_id)
  select l.tenant_id from tenant_log l cross join server s left join planned p on p.tenant_id = l.tenant_id
  where p.cursors is distinct from cardinality(consumers) or p.upto < l.position or p.oldest <> p.newest
    or p.newest <> epoch_of_v1(l.epoch, s.system_identifier, s.timeline_id)
$f$;
