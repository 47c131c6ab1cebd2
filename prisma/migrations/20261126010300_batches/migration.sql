-- What decides how a type is filed for users, in one round trip: its category, the tenant's default, and who chose otherwise.
create function send_rules_v1(t text, of_type text, users text[])
returns table (declared jsonb, settings jsonb, chosen jsonb)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  return query select
    (select jsonb_build_object('channels', c.channels, 'priority', c.priority, 'required', c.required, 'metadataSchema', c.metadata_schema)
     from categories c where c.tenant_id = t and c.type = of_type),
    (select n.settings from tenants n where n.id = t),
    (select jsonb_object_agg(p.user_id, p.enabled) from (
       select distinct on (q.user_id) q.user_id, q.enabled from preferences q
       where q.tenant_id = t and q.user_id = any (users) and q.channel = 'inApp' and q.type in (of_type, '*')
       order by q.user_id, (q.type = '*')) p);
end $f$;

-- The next of whom a send to many is for, in order of id: those who are there when their turn comes.
create function next_recipients_v1(t text, audience text, of_id text, after text, lim int) returns setof text
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  if audience = 'topic' then
    return query select s.user_id from topic_subscribers s where s.tenant_id = t and s.topic_id = of_id and s.user_id > after order by s.user_id limit lim;
  elsif audience = 'chat' then
    return query select m.user_id from members m where m.tenant_id = t and m.chat_id = of_id::uuid and m.user_id > after order by m.user_id limit lim;
  else
    return query
    select x.u from (
      (select u.id as u from users u where u.tenant_id = t and u.id > after order by u.id limit lim)
      union
      (select distinct m.user_id from members m where m.tenant_id = t and m.user_id > after order by m.user_id limit lim)
      union
      (select distinct n.user_id from notifications n where n.tenant_id = t and n.status = 'visible' and n.user_id > after order by n.user_id limit lim)
    ) x order by x.u limit lim;
  end if;
end $f$;

-- How many that is now.
create function count_recipients_v1(t text, audience text, of_id text) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  if audience = 'topic' then return (select count(*) from topic_subscribers s where s.tenant_id = t and s.topic_id = of_id); end if;
  if audience = 'chat' then return (select count(*) from members m where m.tenant_id = t and m.chat_id = of_id::uuid); end if;
  return (select count(*) from (
    select u.id from users u where u.tenant_id = t union select m.user_id from members m where m.tenant_id = t
    union select n.user_id from notifications n where n.tenant_id = t and n.status = 'visible') x);
end $f$;

-- Says when the tenant's sends to many are due next. Only under the log's head.
create function settle_batches_v1(t text) returns void
language plpgsql volatile security invoker
set enable_seqscan = off set search_path = pg_catalog, public
as $f$
declare
  due timestamptz;
begin
  select min(b.due_at) into due from notification_batches b where b.tenant_id = t and b.due_at is not null;
  if due is null then delete from tenant_dues d where d.tenant_id = t and d.kind = 'batches';
  else
    insert into tenant_dues as d (tenant_id, kind, due_at) values (t, 'batches', due)
    on conflict (tenant_id, kind) do update set due_at = excluded.due_at;
  end if;
end $f$;
