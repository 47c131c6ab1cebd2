-- A send by everybody's own clock misses nobody who moves while it is made: each step sees under the head whether the zones are still those.
-- A new version: nodes of the release before go on with theirs.

-- One step: the notifications of the next recipients, their events, and how far the batch is. before: how far it must be, or another has
-- gone on with it; passed, upto: how many recipients it is further then, and the last of them; times: when each is to appear, null for
-- now. When it has expired, nobody is told, and a decision for each recipient and delivery channel says why. One row: the log's position
-- before the step, its time, how long it waited for the head in ms, and what all of its events say beside id, userId and scheduledFor
-- (null when it has expired). No row: nothing was done. Where an erased recipient was stands '': the place counts, and nothing is made for it;
-- a caller that still has the name has to read anew. So has one that was to reach, with everyone or a topic's or chat's people, somebody who was
-- erased about when the run began or since: read anew they are not there. A minute covers what clocks differ by, and no erasure that is
-- just committing takes as long. zones: by which each time was counted, where it is one by each recipient's own clock; when one of them is
-- another by now, nothing is done, and the caller has to read anew.
create function batch_step_v2(t text, batch uuid, before int, passed int, upto text, finished boolean, users text[], ids uuid[], filed boolean[],
  times timestamptz[], zones text[], moment timestamptz)
returns table (place bigint, at timestamptz, waited double precision, shown jsonb, filed_shown jsonb)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_variable
declare
  b record;
  sample notifications;
  began timestamptz;
  made int := 0;
  next_due timestamptz;
  is_gone boolean := false;
  zone text;
begin
  perform set_config('app.tenant', t, true);
  select x.content as c, x.scheduled_local as local, x.audience <> 'users' as is_open into b from notification_batches x
  where x.tenant_id = t and x.id = batch and x.done = before and x.due_at <= moment
    and (x.audience <> 'users' or x.recipients[before + 1 : before + passed] = users) for no key update skip locked;
  if not found then return; end if;

  -- Everything that needs no head is done before it.
  sample.type := b.c ->> 'type';
  sample.subject := b.c ->> 'subject';
  sample.message := b.c ->> 'message';
  sample.mail_text := b.c ->> 'mailText';
  sample.html_content := b.c ->> 'htmlContent';
  sample.summary := b.c ->> 'summary';
  sample.priority := (b.c ->> 'priority')::smallint;
  sample.metadata := coalesce(b.c -> 'metadata', '{}');
  sample.template := b.c -> 'template';
  sample.chat_id := (b.c ->> 'chatId')::uuid;
  sample.expires_at := (b.c ->> 'expiresAt')::timestamptz;
  sample.status := 'visible';
  sample.created_at := moment;
  sample.visible_at := moment;
  shown := notification_json_v1(sample);
  sample.seen_at := moment;
  sample.read_at := moment;
  sample.archived_at := moment;
  filed_shown := notification_json_v1(sample);

  if sample.expires_at <= moment then
    shown := null;
    filed_shown := null;
  end if;

  began := clock_timestamp();
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  at := date_trunc('milliseconds', clock_timestamp());
  waited := extract(epoch from clock_timestamp() - began) * 1000;
  -- Under the head, as an erasure ends: from then on none is written, and what was written before it has found.
  if b.is_open then
    with gone as materialized (select e.id from users e where e.tenant_id = t and e.erased_at > least(moment, clock_timestamp()) - interval '1 minute')
    select exists (select from gone where gone.id = any (users)) into is_gone;
  end if;
  if is_gone then return; end if;
  -- Under the head, too: who moves from now on has what is made here moved, and who moved before is read anew.
  if b.local is not null then
    select coalesce(x.settings ->> 'timezone', 'UTC') into zone from tenants x where x.id = t;
    select exists (
      select from unnest(users, zones) as r (u, z)
      left join lateral (select x.timezone from users x where x.tenant_id = t and x.id = r.u limit 1) e on true
      where r.u <> '' and coalesce(e.timezone, zone) is distinct from r.z) into is_gone;
    if is_gone then return; end if;
  end if;
  if shown is null then
    insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, epoch)
    select t, gen_random_uuid(), 'batch:' || batch, r.u, c, 'notification', r.id, batch, sample.type, sample.subject, 'expired', 'expired', l.epoch
    from unnest(ids, users) as r (id, u), unnest(array['inApp', 'email']) as c,
      (select log_epoch_v1(h.epoch) as epoch from tenant_log h where h.tenant_id = t) l
    where r.u <> ''
    on conflict (tenant_id, cause, user_id, channel) do nothing;
  end if;
  if shown is not null and cardinality(users) > 0 then
    with rows_in as materialized (
      select r.id, r.u, r.f, r.s, case when r.s > moment then null else place + count(*) filter (where r.s is null or r.s <= moment) over (order by r.o) end as p
      from unnest(ids, users, filed, times) with ordinality as r (id, u, f, s, o)
      where r.u <> ''
    ), stored as (
      insert into notifications (tenant_id, id, user_id, type, subject, message, mail_text, html_content, summary, priority, metadata, template, status,
        scheduled_for, scheduled_local, batch_id, chat_id, position, created_at, visible_at, seen_at, read_at, archived_at, expires_at)
      select t, r.id, r.u, sample.type, sample.subject, sample.message, sample.mail_text, sample.html_content, sample.summary, sample.priority,
        sample.metadata, sample.template, case when r.p is null then 'scheduled' else 'visible' end, r.s, b.local, batch, sample.chat_id, r.p, moment,
        case when r.p is not null then moment end, case when r.f and r.p is not null then moment end, case when r.f and r.p is not null then moment end,
        case when r.f and r.p is not null then moment end, sample.expires_at
      from rows_in r
    )
    insert into events (tenant_id, position, type, user_id, payload, internal, at)
    select t, r.p, case when r.f then 'notification.updated' else 'notification.created' end, r.u,
      case when r.f then filed_shown else shown end
        || case when r.s is null then jsonb_build_object('id', r.id, 'userId', r.u)
           else jsonb_build_object('id', r.id, 'userId', r.u, 'scheduledFor', iso_time(r.s)) end,
      case when r.f then '{"filed": true}'::jsonb end, at
    from rows_in r where r.p is not null;
    get diagnostics made = row_count;
    if made > 0 then update tenant_log l set position = place + made where l.tenant_id = t; end if;
    select min(least(case when s > moment then s end, sample.expires_at)) into next_due from unnest(times) s;
    if next_due is not null then perform mark_due_v1(t, 'notifications', next_due); end if;
  end if;
  -- It stays due as it is until its end: then its tenant's times are set anew.
  update notification_batches x set done = before + passed, attempts = 0, error = null, cursor = coalesce(upto, x.cursor),
    status = case when finished then 'done' else 'running' end, due_at = case when not finished then x.due_at end,
    total = case when finished then before + passed else x.total end, recipients = case when finished then '{}' else x.recipients end,
    finished_at = case when finished then moment end
  where x.tenant_id = t and x.id = batch;
  if finished then perform settle_batches_v1(t); end if;
  return next;
end $f$;
