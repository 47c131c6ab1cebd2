-- As dead_jobs_v2, which nodes of before go on to call, but a job died when it failed for the last time, not when it was asked for. A failure
-- is written nowhere but in run_at, which it sets to so long after itself; a worker's death is written in updated_at, and comes after both.
create function dead_jobs_v3(lim int, skip int, before_at timestamptz, before_id bigint, after_at timestamptz, after_id bigint)
returns table (id text, task text, payload json, attempts int, error text, created_at timestamptz, died_at timestamptz, total int)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $f$
begin
  return query
  select n.id::text, n.task, n.payload, n.attempts, n.error, n.created_at, n.died_at, n.total
  from (
    select d.*, count(*) over ()::int as total
    from (
      select j.id, k.identifier as task, j.payload, j.attempts::int, j.last_error as error, j.created_at,
        date_trunc('milliseconds', greatest(j.updated_at, j.run_at - exp(least(j.attempts, 10)) * interval '1 second')) as died_at
      from graphile_worker._private_jobs j join graphile_worker._private_tasks k on k.id = j.task_id
      where j.attempts >= j.max_attempts and j.locked_at is null and j.key is not null
        and j.payload ->> 'tenantId' = nullif(current_setting('app.tenant', true), '')) d
    where (before_at is null or (d.died_at, d.id) < (before_at, before_id))
      and (after_at is null or (d.died_at, d.id) > (after_at, after_id))
    order by case when after_at is not null then d.died_at end, case when after_at is not null then d.id end,
      d.died_at desc, d.id desc
    limit lim offset skip) n
  order by n.died_at desc, n.id desc;
end $f$;
revoke all on function dead_jobs_v3(int, int, timestamptz, bigint, timestamptz, bigint) from public;
grant execute on function dead_jobs_v3(int, int, timestamptz, bigint, timestamptz, bigint) to parley_runtime;
