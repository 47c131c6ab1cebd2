-- A job that was given up stayed for ever, with all that it was to send: of a channel's webhook that answers nobody one for each event. And
-- one whose work was asked for anew stayed where nobody saw it: it has no key any more, and no list shows it.

-- Takes out jobs of all tenants that will not be tried again: those that were given up before a time, those of which their tenant has `most`
-- newer ones of the same task, and at once those without a key. Shows nothing of them; answers how many, at most lim.
create function retain_jobs_v1(before timestamptz, most int, lim int) returns int
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
declare gone int;
begin
  -- Asked again in the delete: one that somebody has tried again meanwhile stays.
  delete from graphile_worker._private_jobs j where j.attempts >= j.max_attempts and j.locked_at is null and j.id = any (array(
    select d.id from (
      select x.id, x.key, s.died_at, row_number() over (partition by x.task_id, x.payload ->> 'tenantId' order by s.died_at desc, x.id desc) as place
      from graphile_worker._private_jobs x
      -- A failure moves run_at, a worker's death the other.
      cross join lateral (select greatest(x.run_at, x.updated_at) as died_at) s
      where x.attempts >= x.max_attempts and x.locked_at is null) d
    where d.key is null or d.died_at < before or d.place > most
    limit lim));
  get diagnostics gone = row_count;
  return gone;
end $f$;
revoke all on function retain_jobs_v1(timestamptz, int, int) from public;
grant execute on function retain_jobs_v1(timestamptz, int, int) to parley_runtime;
