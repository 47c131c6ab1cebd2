-- As change_channels_v1, but for what somebody says of themselves who is there already: the last of it holds, on whatever node it was said,
-- and the version moves with it. It goes on from a state that no node is at, so that each of them, also an older one, reads the members anew.
create function change_channels_v2(t text, node text, input json)
returns table (channel text, subscriptions int, before bigint, version bigint, added json, removed text[], refused text[])
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  r record;
  m record;
  place channels%rowtype;
  wanted text[];
  there boolean;
  renewed boolean;
  hold constant interval := interval '3 seconds';
  moment timestamptz := clock_timestamp();
  total int;
  noted boolean := false;
begin
  perform set_config('app.tenant', t, true);
  select coalesce(array(select distinct e from jsonb_array_elements(a.webhooks) w, jsonb_array_elements_text(w -> 'events') e), '{}')
    into wanted from pusher_apps a where a.tenant_id = t;
  for r in select i.* from json_to_recordset(input) as i (c text, n int, dead boolean, m json) order by i.c loop
    channel := r.c; added := '[]'; removed := '{}'; refused := '{}'; renewed := false;
    insert into channels as ch (tenant_id, name) values (t, r.c)
      on conflict (tenant_id, name) do update set subscriptions = ch.subscriptions returning ch.* into place;
    before := place.version;

    if r.dead then
      delete from channel_nodes d where d.tenant_id = t and d.channel = r.c
        and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds');
      with gone as (
        delete from channel_members d where d.tenant_id = t and d.channel = r.c
          and not exists (select 1 from nodes n where n.id = d.node_id and n.seen_at > now() - interval '20 seconds')
        returning d.user_id, d.node_id)
      select coalesce(array_agg(distinct g.user_id), '{}') into removed from gone g where not exists (
        select 1 from channel_members o where o.tenant_id = t and o.channel = r.c and o.user_id = g.user_id
          and o.node_id not in (select x.node_id from gone x));
    elsif r.n > 0 then
      insert into channel_nodes as d (tenant_id, channel, node_id, subscriptions) values (t, r.c, node, r.n)
        on conflict (tenant_id, channel, node_id) do update set subscriptions = excluded.subscriptions;
    elsif r.n = 0 then
      delete from channel_nodes d where d.tenant_id = t and d.channel = r.c and d.node_id = node;
    end if;

    for m in select x.* from json_to_recordset(coalesce(r.m, '[]')) as x (u text, i text, here boolean, held boolean, said boolean, most int) order by x.u loop
      there := exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u);
      if m.here and not there and m.most is not null
        and (select count(distinct b.user_id) from channel_members b where b.tenant_id = t and b.channel = r.c) >= m.most then
        refused := refused || m.u;
      elsif m.here then
        -- A node that comes back says what it knew before: the others may have heard something since.
        if there and not m.said then
          m.i := (select b.info from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u order by b.node_id limit 1);
        end if;
        update channel_members b set info = m.i
          where b.tenant_id = t and b.channel = r.c and b.user_id = m.u and b.info is distinct from m.i;
        renewed := renewed or found;
        insert into channel_members as b (tenant_id, channel, user_id, node_id, info) values (t, r.c, m.u, node, m.i)
          on conflict (tenant_id, channel, user_id, node_id) do nothing;
        if not there then added := (added::jsonb || jsonb_build_object('u', m.u, 'i', m.i))::json; end if;
      else
        delete from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u and b.node_id = node;
        if there and not exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u) then
          removed := removed || m.u;
        end if;
      end if;
    end loop;

    select coalesce(sum(d.subscriptions), 0)::int into total from channel_nodes d where d.tenant_id = t and d.channel = r.c;
    subscriptions := total;
    version := before;
    if json_array_length(added) > 0 or cardinality(removed) > 0 or renewed then
      version := greatest(before + 1, (extract(epoch from moment) * 1000000)::bigint);
    end if;
    if version = before and total <> place.subscriptions and r.c !~ '^(#|presence-)' then
      version := greatest(before + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
    end if;
    if total = 0 and not exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c) then
      delete from channels ch where ch.tenant_id = t and ch.name = r.c;
      version := 0;
    else
      update channels ch set subscriptions = total, version = change_channels_v2.version where ch.tenant_id = t and ch.name = r.c;
    end if;

    if left(r.c, 1) <> '#' and cardinality(wanted) > 0 then
      noted := note_channel_v2(t, r.c, place.subscriptions, total, added, removed, wanted,
        (select coalesce(array_agg(x.u), '{}') from json_to_recordset(coalesce(r.m, '[]')) as x (u text, held boolean) where x.held)) or noted;
    end if;
    if renewed then before := -1; end if;
    return next;
  end loop;
  if noted then
    perform call_channel_webhooks_v1(t, clock_timestamp());
    perform call_channel_webhooks_v1(t, clock_timestamp() + interval '3 seconds');
  end if;
end $f$;
