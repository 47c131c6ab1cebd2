-- What is to come at a time by its user's own clock misses nobody who moves while it is stored: it is seen under the head whether the zone is
-- still the one that it was counted by. Nodes of the release before go on without that look.

-- As create_notifications_v1, of inputs of which some were counted by a zone: zones has each one's, null where none was asked for. When that is
-- another by now, nothing is done for it but to say 'moved', and the caller has to read anew.
create function create_local_notifications_v1(t text, input json, contents json, moment timestamptz, zones text[])
returns table (ord int, outcome text, pos bigint, payload jsonb, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  usual text;
  kept int[];
begin
  perform set_config('app.tenant', t, true);
  -- Who moves from now on waits until these are there, and has them moved.
  perform from tenant_log l where l.tenant_id = t for no key update;
  select coalesce(x.settings ->> 'timezone', 'UTC') into usual from tenants x where x.id = t;
  select coalesce(array_agg(r.n::int order by r.n), '{}') into kept
  from rows from (json_to_recordset(input) as (u text), unnest(zones)) with ordinality r (u, z, n)
  left join lateral (select x.timezone from users x where x.tenant_id = t and x.id = r.u limit 1) e on true
  where r.z is null or r.z = coalesce(e.timezone, usual);

  return query
  select n, 'moved', null::bigint, null::jsonb, null::timestamptz from generate_series(1, cardinality(zones)) n where n <> all (kept);
  if kept <> '{}' then
    return query
    select kept[c.ord], c.outcome, c.pos, c.payload, c.at
    from create_notifications_v1(t, (select json_agg(i.e order by i.n) from json_array_elements(input) with ordinality i (e, n) where i.n::int = any (kept)),
      contents, moment) c;
  end if;
end $f$;
