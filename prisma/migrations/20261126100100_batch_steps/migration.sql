-- A send to many, made in small steps that follow each other closely: what a run of them needs is read once, outside the log's head,
-- and each step is one statement and one commit that holds the head for some milliseconds.

-- What the next run of a batch needs: where it is, its next recipients, and what decides how its type is filed for them. Nothing is
-- locked: a step makes sure that nobody went on meanwhile. No row: there is no such batch, or it has come to its end.
create function batch_portion_v1(t text, batch uuid, lim int)
returns table (audience text, content jsonb, total int, done int, scheduled_for timestamptz, scheduled_local text, due_at timestamptz, attempts int,
  users text[], declared jsonb, settings jsonb, chosen jsonb)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  b record;
  next text[];
begin
  perform set_config('app.tenant', t, true);
  select x.audience, x.audience_id, x.content, x.total, x.done, x.scheduled_for, x.scheduled_local, x.due_at, x.attempts, x.cursor into b
  from notification_batches x where x.tenant_id = t and x.id = batch and x.due_at is not null;
  if not found then return; end if;
  if b.audience = 'users' then
    select x.recipients[b.done + 1 : b.done + lim] into next from notification_batches x where x.tenant_id = t and x.id = batch;
  else
    next := array(select n from next_recipients_v1(t, b.audience, b.audience_id, coalesce(b.cursor, ''), lim) n);
  end if;
  return query select b.audience, b.content, b.total, b.done, b.scheduled_for, b.scheduled_local, b.due_at, b.attempts, next, r.declared, r.settings, r.chosen
  from send_rules_v1(t, b.content ->> 'type', next) r;
end $f$;

-- One step: the notifications of the next recipients, their events, and how far the batch is. before: how far it must be, or another has
-- gone on with it; passed, upto: how many recipients it is further then, and the last of them, also when (expired) nothing is made for
-- them; times: when each is to appear, null for now. One row: the log's position before the step, its time, how long it waited for the head in ms, and what all
-- of its events say beside id, userId and scheduledFor. No row: nothing was done.
create function batch_step_v1(t text, batch uuid, before int, passed int, upto text, finished boolean, users text[], ids uuid[], filed boolean[],
  times timestamptz[], moment timestamptz)
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
begin
  perform set_config('app.tenant', t, true);
  select x.content as c, x.scheduled_local as local into b from notification_batches x
  where x.tenant_id = t and x.id = batch and x.done = before and x.due_at <= moment for no key update skip locked;
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

  began := clock_timestamp();
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  at := date_trunc('milliseconds', clock_timestamp());
  waited := extract(epoch from clock_timestamp() - began) * 1000;
  if cardinality(users) > 0 then
    with rows_in as materialized (
      select r.id, r.u, r.f, r.s, case when r.s > moment then null else place + count(*) filter (where r.s is null or r.s <= moment) over (order by r.o) end as p
      from unnest(ids, users, filed, times) with ordinality as r (id, u, f, s, o)
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
