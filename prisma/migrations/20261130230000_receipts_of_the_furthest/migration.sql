-- move_reads that also says how far the member has read as others see it, for the receipt: after a move back the new place is behind that.

-- input: [{c, u, q seq, back bool, h client hash}]. Forwards only, unless back: then to just before q, from further on only. One event a member and batch.
create function move_reads_v2(t text, input json)
returns table (ord int, outcome text, seq bigint, pos bigint, changed boolean, at timestamptz, furthest bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare moment timestamptz;
begin
  perform set_config('app.tenant', t, true);
  perform 1 from tenant_log l where l.tenant_id = t for no key update;
  moment := date_trunc('milliseconds', clock_timestamp());
  return query
  with input_rows as materialized (
    select r.ordinality::int as o, r.c, r.u, r.q, coalesce(r.back, false) as back, r.h
    from rows from (json_to_recordset(input) as (c uuid, u text, q bigint, back boolean, h text)) with ordinality r
  ), marked as materialized (
    select i.*, min(i.q - 1) filter (where i.back) over (partition by i.c, i.u order by i.o rows between 1 following and unbounded following) as back_later
    from input_rows i
  ), wanted as materialized (
    -- Moves one after the other end at the furthest of where they began and went, each of it no further than what is set back after it.
    select c, u, min(q - 1) filter (where back) as back_to, max(least(q, back_later)) filter (where not back) as forward_to,
      max(q) filter (where not back) as peak,
      (array_agg(h order by o desc))[1] as h, max(o) as o
    from marked group by c, u
  ), aimed as materialized (
    select w.*, b.last_read_seq as was, greatest(0, least(b.last_seq, greatest(least(b.last_read_seq, w.back_to), w.forward_to))) as goal,
      b.set_back_from as was_from, greatest(b.last_read_seq, least(b.last_seq, coalesce(w.peak, 0))) as furthest
    from wanted w cross join lateral (
      select m.last_read_seq, m.set_back_from, h.last_seq from members m join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id
      join chats ch on ch.tenant_id = t and ch.id = m.chat_id and ch.deleted_at is null
      where m.tenant_id = t and m.chat_id = w.c and m.user_id = w.u limit 1) b
  ), target as materialized (
    select a.*, case when a.goal < a.furthest then greatest(a.was_from, a.furthest) else a.was_from end as goal_from from aimed a
  ), moved as materialized (
    select x.*, row_number() over (order by x.o) as tn from target x where x.goal <> x.was
  ), head as (
    update tenant_log l set position = l.position + (select count(*) from moved) where l.tenant_id = t
    returning l.position - (select count(*) from moved) as base
  ), written as (
    update members b set last_read_seq = x.goal, set_back_from = x.goal_from from target x
    where (x.goal <> x.was or x.goal_from <> x.was_from) and b.tenant_id = t and b.chat_id = x.c and b.user_id = x.u
  ), logged as (
    insert into events (tenant_id, position, type, user_id, payload, client_hash, at)
    select t, head.base + v.tn, 'read.moved', v.u, jsonb_build_object('chatId', v.c, 'userId', v.u, 'seq', v.goal), v.h, moment
    from moved v cross join head
  )
  select i.o, case when x.o is null then 'not_member' else 'ok' end, x.goal, head.base + v.tn, v.o = i.o, moment, greatest(x.goal, x.goal_from)
  from input_rows i cross join head
  left join target x on x.c = i.c and x.u = i.u left join moved v on v.c = i.c and v.u = i.u;
end $f$;
