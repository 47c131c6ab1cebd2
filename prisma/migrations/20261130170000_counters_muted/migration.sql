-- Also tells how many of the unread messages are in chats that the user has muted. In one muted except for mentions those that
-- mention them are not.
create function counters_v2(t text, u text, moment timestamptz)
returns table (chats bigint, messages bigint, muted bigint, mentions bigint, unread bigint, unseen bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  select count(*) filter (where c.n > 0), coalesce(sum(c.n), 0)::bigint,
    coalesce(sum(case c.mute when 'all' then c.n when 'except-mentions' then greatest(c.n - c.m, 0) else 0 end), 0)::bigint,
    coalesce(sum(c.m), 0)::bigint, i.unread, i.unseen
  from inbox_counts_v1(t, u, moment) i
  left join lateral (
    select
      case when m.notify_until <= moment then 'none' else m.notify_mute end as mute,
      (select count(*) from (select 1 from messages g where g.tenant_id = t and g.chat_id = m.chat_id and g.seq > m.last_read_seq
         and g.deleted_at is null and g.sender_id <> u order by g.seq limit 100) x) as n,
      (select count(*) from (select 1 from messages g where g.tenant_id = t and g.chat_id = m.chat_id and g.seq > m.last_read_seq
         and g.mention_user_ids <> '{}' and u = any (g.mention_user_ids) and g.deleted_at is null and g.sender_id <> u order by g.seq limit 100) x) as m
    from members m
    join chats ch on ch.tenant_id = t and ch.id = m.chat_id and ch.deleted_at is null
    join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id and h.last_seq > m.last_read_seq
    where m.tenant_id = t and m.user_id = u) c on true
  group by i.unread, i.unseen;
end $f$;
