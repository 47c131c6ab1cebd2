-- Whose connection outlives their erasure by some seconds was seen by nobody: nothing is written into the emptied row.

-- Who is connected on a node: input [{u, s state}] sets, state 'gone' takes out and notes when the user was last seen. Returns those
-- for whom that was news.
create or replace function put_presence_v1(t text, node text, input json) returns table (user_id text)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query
  insert into presences as p (tenant_id, user_id, node_id, state)
  select t, r.u, node, r.s from json_to_recordset(input) as r (u text, s text) where r.s <> 'gone' order by r.u
  on conflict (tenant_id, user_id, node_id) do update set state = excluded.state where p.state <> excluded.state
  returning p.user_id;
  return query
  delete from presences p using json_to_recordset(input) as r (u text, s text)
  where r.s = 'gone' and p.tenant_id = t and p.user_id = r.u and p.node_id = node
  returning p.user_id;
  insert into users as x (tenant_id, id, last_seen_at)
  select t, r.u, date_trunc('milliseconds', now()) from json_to_recordset(input) as r (u text, s text) where r.s = 'gone' order by r.u
  on conflict (tenant_id, id) do update set last_seen_at = excluded.last_seen_at where x.erased_at is null;
end $f$;

-- Takes out who was connected on nodes that no longer answer; returns them. They were last seen when their node was.
create or replace function drop_dead_presence_v1(t text) returns table (user_id text)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
begin
  perform set_config('app.tenant', t, true);
  return query with dead as (
    delete from presences p where p.tenant_id = t
      and not exists (select 1 from nodes n where n.id = p.node_id and n.seen_at > now() - interval '20 seconds')
    returning p.user_id, coalesce((select n.seen_at from nodes n where n.id = p.node_id), p.since) as seen
  ), noted as (
    insert into users as x (tenant_id, id, last_seen_at) select t, d.user_id, max(d.seen) from dead d group by d.user_id order by d.user_id
    on conflict (tenant_id, id) do update set last_seen_at = greatest(x.last_seen_at, excluded.last_seen_at) where x.erased_at is null
  )
  select distinct d.user_id from dead d;
end $f$;
