-- What its owner archives is mailed no more, as what they read; and what they snooze waits until it is back. So both are told of a mail that is
-- taken in hand and of what is to be decided.

create or replace function claim_mail_v1(t text) returns json
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
declare
  d deliveries%rowtype;
  turn int;
begin
  perform set_config('app.tenant', t, true);
  select * into d from deliveries x where x.tenant_id = t and x.status = 'queued' and x.due_at <= clock_timestamp() and not x.sending
  order by x.due_at limit 1 for no key update skip locked;
  if not found then return null; end if;
  update deliveries x set attempts = x.attempts + 1, sending = true, updated_at = clock_timestamp()
  where x.tenant_id = t and x.id = d.id returning * into d;
  insert into delivery_attempts as a (tenant_id, delivery_id, number, started_at)
  select t, d.id, 1 + coalesce(max(b.number), 0), clock_timestamp() from delivery_attempts b where b.tenant_id = t and b.delivery_id = d.id
  returning a.number into turn;
  return (
    select json_build_object('id', d.id, 'userId', d.user_id, 'kind', d.kind, 'type', d.type, 'subject', d.subject,
      'address', d.address, 'mail', d.mail, 'round', d.round, 'attempts', d.attempts, 'number', turn, 'createdAt', d.created_at,
      'notificationId', d.notification_id,
      'older', d.epoch <> (select log_epoch_v1(l.epoch) from tenant_log l where l.tenant_id = t),
      'notification', (select json_build_object('subject', n.subject, 'message', n.message, 'mailText', n.mail_text,
          'htmlContent', n.html_content, 'summary', n.summary, 'expiresAt', n.expires_at,
          -- What was filed is read and archived from the start: that is no reason against a mail.
          'readAt', case when n.read_at > coalesce(n.visible_at, n.created_at) then n.read_at end,
          'archivedAt', case when n.archived_at > coalesce(n.visible_at, n.created_at) then n.archived_at end, 'snoozedUntil', n.snoozed_until)
        from (select * from notifications x where x.tenant_id = t and x.id = d.notification_id limit 1) n where n.status = 'visible'),
      -- Its person's preferences may be others than those it was planned by: said since, of a chat, or it is long ago.
      'stale', d.attempts > 1 or d.created_at < clock_timestamp() - interval '1 minute'
        or exists (select from preferences p where p.tenant_id = t and p.user_id = d.user_id and p.updated_at >= d.created_at - interval '5 seconds')
        or exists (select from preference_timings p where p.tenant_id = t and p.user_id = d.user_id and p.updated_at >= d.created_at - interval '5 seconds')
        or exists (select from categories c where c.tenant_id = t and c.type = d.type and c.updated_at >= d.created_at - interval '5 seconds')
        or exists (select from tenants c where c.id = t and c.rules_at >= d.created_at - interval '5 seconds')
        or exists (select from notifications n where n.tenant_id = t and n.id = d.notification_id and n.chat_id is not null),
      'mayUnsubscribe', not exists (select from categories c where c.tenant_id = t and c.type = d.type and c.required),
      'suppressed', (select s.reason from suppressions s where s.tenant_id = t and s.address = lower(d.address))));
end $f$;

-- New notifications of the log in (after, upto], at most lim of them, in groups: those for whom everything that a decision looks at is the
-- same. Of a send to ten thousand nearly all are in one. Events up to the gate are older than the log's epoch. notification: one of
-- the group, with what all of them have said; null when they are gone. members: [position, user, notification, address] of each, in log order.
create function undecided_notifications_v2(t text, after bigint, upto bigint, lim int, gate bigint)
returns table (older boolean, filed boolean, type text, notification json, members json)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
begin
  if not exists (select from events v where v.tenant_id = t and v.position > after and v.position <= upto
    and (v.type = 'notification.created' or v.type = 'notification.updated' and v.internal @> '{"filed": true}')) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('[' || to_json(t)::text || ',"holding"]', 0));
  return query
  with e as materialized (
    select v.position as p, v.user_id as u, (v.payload ->> 'id')::uuid as n, v.payload ->> 'type' as k, v.type = 'notification.updated' as f
    from events v
    where v.tenant_id = t and v.position > after and v.position <= upto
      -- Made visible; or filed: somebody who does not want it in the inbox may want it by mail.
      and (v.type = 'notification.created' or v.type = 'notification.updated' and v.internal @> '{"filed": true}')
    order by v.position limit lim
  ), known as (
    select e.p, e.u, e.n, e.f, e.p <= gate as o, n.id is null as gone, coalesce(n.type, e.k) as k, n.priority, n.email is not null as asked, n.read_at,
      n.archived_at, n.snoozed_until, n.expires_at, n.batch_id, n.chat_id, case when n.chat_id is not null then n.metadata end as away, coalesce(n.email, u.email) as address,
      u.timezone as zone, w.timing, m.notify_mute, m.notify_until,
      (select jsonb_agg(jsonb_build_array(c.type, c.channel, c.enabled) order by c.type, c.channel) from preferences c
       where c.tenant_id = t and c.user_id = e.u and c.type in (n.type, '*')) as choices
    from e
    left join lateral (select * from notifications x where x.tenant_id = t and x.id = e.n limit 1) n on n.status = 'visible'
    left join lateral (select x.email, x.timezone from users x where x.tenant_id = t and x.id = e.u limit 1) u on true
    left join lateral (
      select jsonb_build_object('timezone', x.timezone, 'quiet', x.quiet, 'quietFrom', x.quiet_from, 'quietTo', x.quiet_to,
        'digestEvery', x.digest_every, 'digestAt', x.digest_at, 'digestWeekday', x.digest_weekday, 'pausedUntil', x.paused_until) as timing
      from preference_timings x where x.tenant_id = t and x.user_id = e.u limit 1) w on true
    left join lateral (
      select x.notify_mute, x.notify_until from members x
      where x.tenant_id = t and x.chat_id = n.chat_id and x.user_id = e.u limit 1) m on n.chat_id is not null
  )
  select g.o, g.f, g.k,
    case when not g.gone then json_build_object('id', (array_agg(g.n order by g.p))[1], 'userId', (array_agg(g.u order by g.p))[1], 'type', g.k,
      'priority', g.priority, 'email', case when g.asked then min(g.address) end, 'readAt', g.read_at, 'archivedAt', g.archived_at,
      'snoozedUntil', g.snoozed_until, 'expiresAt', g.expires_at,
      'batchId', g.batch_id, 'chatId', g.chat_id, 'mentioned', coalesce(g.away @> '{"mentioned": true}', false), 'away', g.away,
      'said', json_build_object('zone', g.zone, 'timing', g.timing, 'choices', coalesce(g.choices, '[]'),
        'mute', coalesce(g.notify_mute, 'none'), 'muteUntil', g.notify_until)) end,
    json_agg(json_build_array(g.p, g.u, g.n, g.address) order by g.p)
  from known g
  group by g.o, g.f, g.gone, g.k, g.priority, g.asked, g.read_at, g.archived_at, g.snoozed_until, g.expires_at, g.batch_id, g.chat_id, g.away, g.address is null, g.zone, g.timing,
    g.notify_mute, g.notify_until, g.choices;
end $f$;
