-- As before, and no call is lost on a worker that takes the waiting job of the same key at the same moment: the queue's own function neither
-- sees that one running nor replaces it, and says so only by leaving it out of its answer. Asked again it sees it.
create or replace function enqueue_jobs_v1(input json) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
begin
  if exists (select from json_to_recordset(input) as r (payload json)
    where r.payload ->> 'tenantId' is distinct from nullif(current_setting('app.tenant', true), '')) then
    raise exception 'a job is enqueued in its own tenant''s transaction' using errcode = '42501';
  end if;
  while json_array_length(input) > (select count(*) from graphile_worker.add_jobs(array(
    select row(r.task, r.payload, r.queue, r.run_at, r.max_attempts, r.key, null, null)::graphile_worker.job_spec
    from json_to_recordset(input) as r (task text, payload json, run_at timestamptz, max_attempts smallint, key text, queue text)
    order by r.key))) loop
  end loop;
end $f$;
