-- As before, and a job may say that it comes after all others that are due: of what waits for strangers there may be a backlog of any age.
create or replace function enqueue_jobs_v1(input json) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
begin
  if exists (select from json_to_recordset(input) as r (payload json)
    where r.payload ->> 'tenantId' is distinct from nullif(current_setting('app.tenant', true), '')) then
    raise exception 'a job is enqueued in its own tenant''s transaction' using errcode = '42501';
  end if;
  while json_array_length(input) > (select count(*) from graphile_worker.add_jobs(array(
    select row(r.task, r.payload, r.queue, r.run_at, r.max_attempts, r.key, case when r.last then 10 end, null)::graphile_worker.job_spec
    from json_to_recordset(input) as r (task text, payload json, run_at timestamptz, max_attempts smallint, key text, queue text, last boolean)
    order by r.key))) loop
  end loop;
end $f$;
