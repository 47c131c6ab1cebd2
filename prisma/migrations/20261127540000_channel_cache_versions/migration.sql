-- What a cache channel keeps gets a version, later ones higher: whoever joins while something is said hears it once, live or as what is kept.
create function put_channel_cache_v2(t text, names text[], e text, d text) returns table (channel text, version float8)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  insert into channel_cache as k (tenant_id, channel, event, data, at) select t, n.name, e, d, clock_timestamp()
  from (select distinct x.name from unnest(names) as x(name) order by x.name) n
  on conflict (tenant_id, channel) do update set event = excluded.event, data = excluded.data,
    at = greatest(k.at + interval '1 microsecond', clock_timestamp())
  returning k.channel, (extract(epoch from k.at) * 1000000)::float8;
end $f$;

create function channel_cache_v2(t text, c text, kept interval) returns table (event text, data text, ttl int, version float8)
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query select k.event, k.data, greatest(1, ceil(extract(epoch from k.at + kept - now())))::int, (extract(epoch from k.at) * 1000000)::float8
  from channel_cache k where k.tenant_id = t and k.channel = c and k.at > now() - kept;
end $f$;
