-- What a reader may see of (after, upto], oldest first: everything for u null; for a user events of chats while a span is open around
-- them, and the user's own. Fails with PA001 when retention has cut off any of it, also while it was read: a part is never answered.
-- The work is bounded by the user's spans and the page, not by the log. Many chats with news: likely the next events are theirs, so a
-- piece of the log is scanned first. Then one probe a span tells where its next event is, and only spans that begin before the page's
-- end are read. Pairs are compared as pairs, which one index only can do: the planner, without figures of a table, is as glad to go
-- through the whole log in order of positions.
create function read_visible_events_v1(t text, u text, after bigint, upto bigint, lim int)
returns table (pos bigint, type text, chat_id uuid, user_id text, seq bigint, payload jsonb, internal jsonb, client_hash text, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set enable_hashjoin = off set jit = off
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  busy int := 0;
  low bigint := after;
  wanted int := lim;
  n int;
begin
  perform set_config('app.tenant', t, true);
  if u is null then
    return query select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at
    from events e where e.tenant_id = t and e.position > after and e.position <= upto order by e.position limit lim;
    wanted := 0;
  else
    select count(*) into busy from (
      select 1 from membership_spans s
      cross join lateral (select h.last_position from chat_heads h where h.tenant_id = t and h.chat_id = s.chat_id limit 1) h
      where s.tenant_id = t and s.user_id = u and h.last_position > after and (s.to_position is null or s.to_position > after) limit 51) b;
  end if;
  if busy > 50 then
    for i in 1..4 loop
      exit when low >= upto or wanted = 0;
      return query
      select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at from events e
      where e.tenant_id = t and e.position > low and e.position <= least(low + 5000, upto)
        and (e.user_id = u or exists (select 1 from membership_spans s where s.tenant_id = t and s.user_id = u and s.chat_id = e.chat_id
          and s.from_position <= e.position and (s.to_position is null or s.to_position >= e.position)))
      order by e.position limit wanted;
      get diagnostics n = row_count;
      wanted := wanted - n;
      low := low + 5000;
    end loop;
  end if;
  if low < upto and wanted > 0 then
    return query
    with span as materialized (
      select s.chat_id, least(s.to_position, upto) as until, f.position as first
      from membership_spans s
      cross join lateral (select h.last_position from chat_heads h where h.tenant_id = t and h.chat_id = s.chat_id limit 1) h
      cross join lateral (
        select e.position from events e where e.tenant_id = t and (e.chat_id, e.position) >= (s.chat_id, greatest(s.from_position, low + 1))
          and (e.chat_id, e.position) <= (s.chat_id, least(s.to_position, upto)) order by e.chat_id, e.position limit 1) f
      where s.tenant_id = t and s.user_id = u and h.last_position > low and (s.to_position is null or s.to_position > low)
    ), edge as materialized (
      select coalesce((select s.first from span s order by s.first offset wanted - 1 limit 1), upto) as last
    ), place as materialized (
      select p.position from (
        select e.position from span s cross join edge cross join lateral (
          select e.position from events e where e.tenant_id = t and (e.chat_id, e.position) >= (s.chat_id, s.first)
            and (e.chat_id, e.position) <= (s.chat_id, least(s.until, edge.last)) order by e.chat_id, e.position limit wanted) e
        where s.first <= edge.last
        union
        (select e.position from events e where e.tenant_id = t and e.user_id is not null
          and (e.user_id, e.position) > (u, low) and (e.user_id, e.position) <= (u, upto) order by e.user_id, e.position limit wanted)) p
      order by p.position limit wanted
    )
    select e.position, e.type, e.chat_id, e.user_id, e.seq, e.payload, e.internal, e.client_hash, e.at
    from place p cross join lateral (select * from events e where e.tenant_id = t and e.position = p.position limit 1) e
    order by e.position;
  end if;
  if exists (select 1 from tenant_log l where l.tenant_id = t and l.floor > after) then
    raise exception 'events after % are no longer all kept', after using errcode = 'PA001';
  end if;
end $f$;

drop function read_user_events_v1(text, text, bigint, bigint, int);
