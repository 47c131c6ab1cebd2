-- An erasure may be faster than who plans: the events of notifications that it took back are planned when it is over, and left the id of the erased
-- and the types of what they had been sent in the list of deliveries for as long as those are kept.

-- Writes what was decided of groups: decisions: [{place, channel, kind, type, batch_id, status, rule, detail, due_at, held_until, mail}]; the
-- other lists have an entry for each row to write: its id, its decision's place, its cause's position, recipient, notification, address ('' for
-- none). Decisions that are there already stay as they are, and of what is gone of the erased none is written. Answers how many mails it queued.
create or replace function insert_decided_v1(t text, log_epoch bigint, decisions json, ids uuid[], places int[], positions bigint[], users text[], news uuid[],
  addresses text[]) returns int
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
declare queued int;
begin
  with d as materialized (
    select * from json_to_recordset(decisions) as r (place int, channel text, kind text, type text, batch_id uuid, status text, rule text,
      detail text, due_at timestamptz, held_until timestamptz, mail jsonb)
  ), written as (
    insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, detail, address,
      due_at, held_until, mail, epoch)
    select t, r.id, 'event:' || r.p, r.u, d.channel, d.kind, r.n, d.batch_id, d.type, coalesce(n.subject, ''), d.status, d.rule, d.detail,
      nullif(r.a, ''), d.due_at, d.held_until, d.mail, log_epoch
    from unnest(ids, places, positions, users, news, addresses) as r (id, place, p, u, n, a)
    join d on d.place = r.place
    left join lateral (select x.subject, x.status = 'visible' as there from notifications x where x.tenant_id = t and x.id = r.n limit 1) n on true
    where n.there or not exists (select from users e where e.tenant_id = t and e.id = r.u and e.erased_at is not null)
    on conflict (tenant_id, cause, user_id, channel) do nothing
    returning status
  )
  select count(*) filter (where w.status = 'queued') into queued from written w;
  return queued;
end $f$;
