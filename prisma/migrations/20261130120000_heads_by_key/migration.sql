-- append_events_v1 that finds each chat's head by its key. Joined with the events, the planner went through the heads of all chats of the
-- tenant, for a new name of one; by one statement a chat there is no other way than the key's.
create or replace function append_events_v1(t text, input json) returns table (last_position bigint, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  moment timestamptz := date_trunc('milliseconds', clock_timestamp());
  base bigint;
  r record;
begin
  select l.position into base from tenant_log l where l.tenant_id = t for no key update;
  if base is null then return; end if;
  last_position := base + json_array_length(input);
  at := moment;
  update tenant_log l set position = last_position where l.tenant_id = t;
  insert into events (tenant_id, position, type, chat_id, user_id, seq, payload, internal, client_hash, at)
  select t, base + i.ordinality, i.type, i.c, i.u, i.q, i.p, i.n, i.h, moment
  from rows from (json_to_recordset(input) as (type text, c uuid, u text, q bigint, p jsonb, n jsonb, h text)) with ordinality i;
  for r in
    select i.c, max(i.ordinality) as o from rows from (json_to_recordset(input) as (c uuid)) with ordinality i
    where i.c is not null group by i.c
  loop
    update chat_heads h set last_position = base + r.o where h.tenant_id = t and h.chat_id = r.c;
  end loop;
  return next;
end $f$;
