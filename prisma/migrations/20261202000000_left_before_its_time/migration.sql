-- A send to a topic's or a chat's people by each one's own clock waits for up to 26 hours for some of them: who has left by then is not told,
-- as who leaves before a send at one time for all is not. A new version: nodes of the release before go on with theirs.

-- As settle_notifications_v1, and says how long it waited for the head, in ms.
create function settle_notifications_v2(t text, input json, moment timestamptz)
returns table (type text, pos bigint, payload jsonb, internal jsonb, user_id text, at timestamptz, waited double precision)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  began timestamptz := clock_timestamp();
  held double precision;
  wanted uuid[] := array(select r.i from json_to_recordset(input) as r (i uuid));
begin
  perform set_config('app.tenant', t, true);
  perform from tenant_log l where l.tenant_id = t for no key update;
  held := extract(epoch from clock_timestamp() - began) * 1000;
  -- Nobody ever saw it: no event, only the decisions that tell whoever runs the tenant why.
  with leavers as materialized (
    select n.id, b.audience from unnest(wanted) as w (id)
    cross join lateral (
      select * from notifications x where x.tenant_id = t and x.id = w.id and x.status = 'scheduled' and x.scheduled_for <= moment limit 1) n
    cross join lateral (
      select * from notification_batches x where x.tenant_id = t and x.id = n.batch_id and x.audience in ('topic', 'chat') limit 1) b
    left join lateral (
      select true as stays from topic_subscribers x where b.audience = 'topic' and x.tenant_id = t and x.topic_id = b.audience_id
        and x.user_id = n.user_id limit 1) s on true
    left join lateral (
      select true as stays from members x where x.tenant_id = t and x.chat_id = case when b.audience = 'chat' then b.audience_id::uuid end
        and x.user_id = n.user_id limit 1) m on true
    where s.stays is null and m.stays is null
  ), gone as (
    delete from notifications x using leavers l where x.tenant_id = t and x.id = l.id
    returning x.id, x.user_id, x.type, x.subject, x.batch_id, l.audience
  )
  insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, epoch)
  select t, gen_random_uuid(), 'left:' || g.id, g.user_id, c, 'notification', g.id, g.batch_id, g.type, g.subject, 'left', g.audience, l.epoch
  from gone g, unnest(array['inApp', 'email']) as c, (select log_epoch_v1(h.epoch) as epoch from tenant_log h where h.tenant_id = t) l
  on conflict (tenant_id, cause, user_id, channel) do nothing;

  return query select s.type, s.pos, s.payload, s.internal, s.user_id, s.at, held from settle_notifications_v1(t, input, moment) s;
end $f$;
