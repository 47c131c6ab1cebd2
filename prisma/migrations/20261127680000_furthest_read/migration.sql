-- What others see of somebody's reading does not go back when the reader marks messages as unread.

-- The furthest position that was set back, 0 while none was. Others see the greater of it and last_read_seq: so whatever moves a position
-- forwards, a send above all, has nothing to write here.
alter table members add column set_back_from bigint not null default 0;

-- move_reads_v1 that keeps it, be it that a move of the same batch went there first.
-- input: [{c, u, q seq, back bool, h client hash}]. Forwards only, unless back: then to just before q. One event a member and batch.
create or replace function move_reads_v1(t text, input json)
returns table (ord int, outcome text, seq bigint, pos bigint, changed boolean, at timestamptz)
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
    select i.*, max(i.o) filter (where i.back) over (partition by i.c, i.u) as back_o from input_rows i
  ), wanted as materialized (
    select c, u, max(q - 1) filter (where o = back_o) as back_to, max(q) filter (where back_o is null or o > back_o) as forward_to,
      max(q) filter (where not back) as peak,
      (array_agg(h order by o desc))[1] as h, max(o) as o
    from marked group by c, u
  ), target as materialized (
    select w.*, b.last_read_seq as was, greatest(0, least(b.last_seq, greatest(coalesce(w.back_to, b.last_read_seq), w.forward_to))) as goal,
      b.set_back_from as was_from, case when w.back_to is null then b.set_back_from
        else greatest(b.set_back_from, b.last_read_seq, least(b.last_seq, coalesce(w.peak, 0))) end as goal_from
    from wanted w cross join lateral (
      select m.last_read_seq, m.set_back_from, h.last_seq from members m join chat_heads h on h.tenant_id = t and h.chat_id = m.chat_id
      join chats ch on ch.tenant_id = t and ch.id = m.chat_id and ch.deleted_at is null
      where m.tenant_id = t and m.chat_id = w.c and m.user_id = w.u limit 1) b
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
  select i.o, case when x.o is null then 'not_member' else 'ok' end, x.goal, head.base + v.tn, v.o = i.o, moment
  from input_rows i cross join head
  left join target x on x.c = i.c and x.u = i.u left join moved v on v.c = i.c and v.u = i.u;
end $f$;
