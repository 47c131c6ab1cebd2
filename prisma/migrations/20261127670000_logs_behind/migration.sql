-- Which logs are further than one of some cursors, or of another epoch than it: a third look across tenants, which shows tenants alone, so
-- that whoever follows all logs does nothing for those that sleep.
grant usage, create on schema public to parley_heads;
create policy heads on planner_cursors for select to parley_heads using (true);
grant select (tenant_id, consumer, position, epoch) on planner_cursors to parley_heads;
create function logs_behind_v1(consumers text[]) returns table (tenant_id text)
language sql stable security definer set search_path = pg_catalog, public
as $f$
  with server as materialized (select s.system_identifier, c.timeline_id from pg_control_system() s, pg_control_checkpoint() c),
  planned as (
    select c.tenant_id, count(*) as cursors, min(c.position) as upto, min(c.epoch) as oldest, max(c.epoch) as newest
    from planner_cursors c where c.consumer = any (consumers) group by c.tenant_id)
  select l.tenant_id from tenant_log l cross join server s left join planned p on p.tenant_id = l.tenant_id
  where p.cursors is distinct from cardinality(consumers) or p.upto < l.position or p.oldest <> p.newest
    or p.newest <> epoch_of_v1(l.epoch, s.system_identifier, s.timeline_id)
$f$;
alter function logs_behind_v1(text[]) owner to parley_heads;
revoke all on function logs_behind_v1(text[]) from public;
grant execute on function logs_behind_v1(text[]) to parley_runtime;
revoke create on schema public from parley_heads;
