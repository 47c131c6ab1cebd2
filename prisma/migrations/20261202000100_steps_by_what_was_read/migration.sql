-- A send to many that is changed between a run's reading of it and its first step goes out as it was changed, also in what was worked out for each
-- recipient. A new version: nodes of the release before go on with theirs.

-- As batch_step_v2, where its type and times are those that the run read: by them it is filed or not, and appears. Else nothing is done, and the
-- caller has to read anew.
create function batch_step_v3(t text, batch uuid, before int, passed int, upto text, finished boolean, users text[], ids uuid[], filed boolean[],
  times timestamptz[], zones text[], moment timestamptz, of_type text, at_time timestamptz, at_local text)
returns table (place bigint, at timestamptz, waited double precision, shown jsonb, filed_shown jsonb)
language plpgsql volatile security invoker
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_variable
begin
  perform set_config('app.tenant', t, true);
  -- Locked, it stays so until the commit. Who reads a time has it to the millisecond.
  perform from notification_batches x where x.tenant_id = t and x.id = batch and x.content ->> 'type' = of_type
    and date_trunc('milliseconds', x.scheduled_for) is not distinct from at_time and x.scheduled_local is not distinct from at_local
    for no key update skip locked;
  if not found then return; end if;
  return query select s.place, s.at, s.waited, s.shown, s.filed_shown
  from batch_step_v2(t, batch, before, passed, upto, finished, users, ids, filed, times, zones, moment) s;
end $f$;
