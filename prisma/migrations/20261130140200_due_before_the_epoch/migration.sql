-- After a restore, what had been scheduled for a time between the backup and then appeared at once, and a send to many that the backup held half
-- done went on: with events after the gate, by which they were mailed and told to webhooks once more, and waited for nobody.

-- AlterTable
ALTER TABLE "planner_cursors" ADD COLUMN     "gate_at" TIMESTAMPTZ(3);

-- claim_cursor_v1 that also says when the gate was set: what was due before then may have gone out, too. That one stays for nodes of the
-- release before, which go on meanwhile.
create function claim_cursor_v2(t text, who text)
returns table (pos bigint, recipient text, gate bigint, gate_at timestamptz, epoch bigint, head bigint)
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
#variable_conflict use_column
declare
  mine planner_cursors%rowtype;
  log_head bigint;
  log_epoch bigint;
begin
  perform set_config('app.tenant', t, true);
  select * into mine from planner_cursors c where c.tenant_id = t and c.consumer = who for no key update skip locked;
  if not found then
    insert into planner_cursors (tenant_id, consumer, position, epoch)
    select t, who, l.floor, log_epoch_v1(l.epoch) from tenant_log l where l.tenant_id = t
    on conflict do nothing returning * into mine;
    if not found then return; end if;
  end if;
  select l.position, log_epoch_v1(l.epoch) into log_head, log_epoch from tenant_log l where l.tenant_id = t;
  if mine.epoch <> log_epoch then
    update planner_cursors c set epoch = log_epoch, gate = log_head, gate_at = clock_timestamp(), position = least(c.position, log_head)
    where c.tenant_id = t and c.consumer = who returning * into mine;
  end if;
  return query select mine.position, mine.recipient, mine.gate, mine.gate_at, mine.epoch, log_head;
end $f$;

-- Which of these notifications were asked for and due before a time: each by itself, or its send to many.
create function due_before_v1(t text, ids uuid[], moment timestamptz) returns setof uuid
language plpgsql stable security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  return query select n.id from unnest(ids) as r (id)
  cross join lateral (select * from notifications x where x.tenant_id = t and x.id = r.id limit 1) n
  left join lateral (select x.created_at from notification_batches x where x.tenant_id = t and x.id = n.batch_id limit 1) b on true
  where greatest(coalesce(b.created_at, n.created_at), n.scheduled_for) <= moment;
end $f$;
