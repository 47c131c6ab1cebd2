-- Notes for the webhooks what a change of a channel means, and says whether it noted anything: whoever changes channels has the webhooks
-- told after the last of them. Who leaves is told of after three seconds, and not at all when it is back by then. By the note that somebody
-- has left one knows that whoever comes was never gone: it is written also where only coming is told of, and then nobody's to be told.
create function note_channel_v2(t text, c text, was int, total int, added json, removed text[], wanted text[], held text[]) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  u text;
  noted boolean := false;
  moment timestamptz := clock_timestamp();
begin
  if was = 0 and total > 0 then
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'channel_vacated' and q.due_at > moment;
    if not found and 'channel_occupied' = any (wanted) then
      insert into channel_notices (tenant_id, name, channel, due_at, at) values (t, 'channel_occupied', c, moment, moment);
      noted := true;
    end if;
  end if;
  for u in select x.u from json_to_recordset(added) as x (u text) loop
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'member_removed' and q.user_id = u and q.due_at > moment;
    if not found and 'member_added' = any (wanted) then
      insert into channel_notices (tenant_id, name, channel, user_id, due_at, at) values (t, 'member_added', c, u, moment, moment);
      noted := true;
    end if;
  end loop;
  if wanted && array['member_added', 'member_removed'] then
    foreach u in array removed loop
      insert into channel_notices (tenant_id, name, channel, user_id, due_at, at)
      values (t, 'member_removed', c, u, case when u = any (held) then moment else moment + interval '3 seconds' end, moment);
      noted := true;
    end loop;
  end if;
  if was > 0 and total = 0 and wanted && array['channel_occupied', 'channel_vacated'] then
    insert into channel_notices (tenant_id, name, channel, due_at, at) values (t, 'channel_vacated', c, moment + interval '3 seconds', moment);
    noted := true;
  end if;
  if was <> total and 'subscription_count' = any (wanted) and c not like 'presence-%' then
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'subscription_count';
    insert into channel_notices (tenant_id, name, channel, body, due_at, at)
    values (t, 'subscription_count', c, jsonb_build_object('subscription_count', total), moment, moment);
    noted := true;
  end if;
  return noted;
end $f$;

-- As it was, but for two things. The job is one row for the whole tenant, and is locked after all channels are: between two channels it would
-- meet another node that has the second of them and waits for the job. And the version of a channel without members moves with the number of
-- its subscriptions, taken while its row is locked, so that a node knows which of two numbers is the later one, whichever it hears of first.
create or replace function change_channels_v1(t text, node text, input json)
returns table (channel text, subscriptions int, before bigint, version bigint, added json, removed text[], refused text[])
language plpgsql volatile security invoker set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  r record;
  m record;
  place channels%rowtype;
  wanted text[];
  there boolean;
  hold constant interval := interval '3 seconds';
  moment timestamptz := clock_timestamp();
  total int;
  noted boolean := false;
begin
  perform set_config('app.tenant', t, true);
  select coalesce(array(select distinct e from jsonb_array_elements(a.webhooks) w, jsonb_array_elements_text(w -> 'events') e), '{}')
    into wanted from pusher_apps a where a.tenant_id = t;
  for r in select i.* from json_to_recordset(input) as i (c text, n int, dead boolean, m json) order by i.c loop
    channel := r.c; added := '[]'; removed := '{}'; refused := '{}';
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

    for m in select x.* from json_to_recordset(coalesce(r.m, '[]')) as x (u text, i text, here boolean, held boolean, most int) order by x.u loop
      there := exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c and b.user_id = m.u);
      if m.here and not there and m.most is not null
        and (select count(distinct b.user_id) from channel_members b where b.tenant_id = t and b.channel = r.c) >= m.most then
        refused := refused || m.u;
      elsif m.here then
        insert into channel_members as b (tenant_id, channel, user_id, node_id, info) values (t, r.c, m.u, node, m.i)
          on conflict (tenant_id, channel, user_id, node_id) do update set info = excluded.info;
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
    if json_array_length(added) > 0 or cardinality(removed) > 0 then
      version := greatest(before + 1, (extract(epoch from moment) * 1000000)::bigint);
    end if;
    if version = before and total <> place.subscriptions and r.c !~ '^(#|presence-)' then
      version := greatest(before + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
    end if;
    if total = 0 and not exists (select 1 from channel_members b where b.tenant_id = t and b.channel = r.c) then
      delete from channels ch where ch.tenant_id = t and ch.name = r.c;
      version := 0;
    else
      update channels ch set subscriptions = total, version = change_channels_v1.version where ch.tenant_id = t and ch.name = r.c;
    end if;

    if left(r.c, 1) <> '#' and cardinality(wanted) > 0 then
      noted := note_channel_v2(t, r.c, place.subscriptions, total, added, removed, wanted,
        (select coalesce(array_agg(x.u), '{}') from json_to_recordset(coalesce(r.m, '[]')) as x (u text, held boolean) where x.held)) or noted;
    end if;
    return next;
  end loop;
  if noted then
    perform call_channel_webhooks_v1(t, clock_timestamp());
    perform call_channel_webhooks_v1(t, clock_timestamp() + interval '3 seconds');
  end if;
end $f$;

drop function note_channel_v1(text, text, int, int, json, text[], text[], text[]);
