-- Jobs that wait for the same stranger run one after another in a queue of their own, and hold one slot of a worker between them.
-- input: [{task, payload, run_at, max_attempts, key, queue}], keys unique. A waiting job of the same key is replaced; a running one goes on,
-- and another is made. A payload is of the transaction's tenant.
create or replace function enqueue_jobs_v1(input json) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $f$
begin
  if exists (select from json_to_recordset(input) as r (payload json)
    where r.payload ->> 'tenantId' is distinct from nullif(current_setting('app.tenant', true), '')) then
    raise exception 'a job is enqueued in its own tenant''s transaction' using errcode = '42501';
  end if;
  perform graphile_worker.add_jobs(array(
    select row(r.task, r.payload, r.queue, r.run_at, r.max_attempts, r.key, null, null)::graphile_worker.job_spec
    from json_to_recordset(input) as r (task text, payload json, run_at timestamptz, max_attempts smallint, key text, queue text) order by r.key));
end $f$;
