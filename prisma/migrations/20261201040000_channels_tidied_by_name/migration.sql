-- As drop_dead_channels_v1, of the channels named alone: who asks about one does not look through all that the tenant has.
create function drop_dead_of_channels_v1(t text, names text[])
returns table (channel text, subscriptions int, before bigint, version bigint, added json, removed text[], refused text[])
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare dead json;
begin
  perform set_config('app.tenant', t, true);
  select json_agg(json_build_object('c', x.channel, 'dead', true)) into dead from (
    select d.channel from channel_nodes d where d.tenant_id = t and d.channel = any (names)
      and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds')
    union select d.channel from channel_members d where d.tenant_id = t and d.channel = any (names)
      and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds')) x;
  if dead is not null then
    return query select * from change_channels_v1(t, '', dead);
  end if;
end $f$;
