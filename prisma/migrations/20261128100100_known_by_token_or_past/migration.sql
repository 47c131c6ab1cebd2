-- Known is, too, whom a token names that the tenant's own issuer made, and who was in a chat once. Who was erased may
-- still press a link in an old mail, or their mail provider does: what is chosen by it is kept, and makes nobody known again.

-- Whom tokens name that were found good: input [{u, at: when the token was issued}]. Of who was erased only one issued since makes them known again: what is
-- refused by now may have been taken just before.
create function note_users_v1(t text, input json) returns void
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  insert into users (tenant_id, id) select t, r.u from json_to_recordset(input) as r (u text) order by r.u on conflict (tenant_id, id) do nothing;
  update users x set erased_at = null from json_to_recordset(input) as r (u text, at timestamptz)
  where x.tenant_id = t and x.id = r.u and x.erased_at is not null and r.at > x.valid_after;
end $f$;

-- The next of whom a send to many is for, in order of id: those who are there when their turn comes. What the erased leave or choose names nobody.
create or replace function next_recipients_v1(t text, audience text, of_id text, after text, lim int) returns setof text
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
      (select u.id as u from users u where u.tenant_id = t and u.id > after and u.erased_at is null order by u.id limit lim)
      union
      (select distinct m.user_id from members m where m.tenant_id = t and m.user_id > after order by m.user_id limit lim)
      union
      (select d.user_id from (select distinct s.user_id from membership_spans s where s.tenant_id = t and s.user_id > after order by s.user_id) d
       -- Looked for one by one: few are erased, and the limit is met early.
       where not coalesce((select e.erased_at is not null from users e where e.tenant_id = t and e.id = d.user_id), false) order by d.user_id limit lim)
      union
      (select distinct n.user_id from notifications n where n.tenant_id = t and n.status = 'visible' and n.user_id > after order by n.user_id limit lim)
      union
      (select distinct s.user_id from topic_subscribers s where s.tenant_id = t and s.user_id > after order by s.user_id limit lim)
      union
      (select d.user_id from (select distinct p.user_id from preferences p where p.tenant_id = t and p.user_id > after order by p.user_id) d
       where not coalesce((select e.erased_at is not null from users e where e.tenant_id = t and e.id = d.user_id), false) order by d.user_id limit lim)
      union
      (select g.user_id from preference_timings g where g.tenant_id = t and g.user_id > after
       and not coalesce((select e.erased_at is not null from users e where e.tenant_id = t and e.id = g.user_id), false) order by g.user_id limit lim)
    ) x order by x.u limit lim;
  end if;
end $f$;

-- How many that is now.
create or replace function count_recipients_v1(t text, audience text, of_id text) returns bigint
language plpgsql volatile security invoker set search_path = pg_catalog, public
as $f$
begin
  perform set_config('app.tenant', t, true);
  if audience = 'topic' then return (select count(*) from topic_subscribers s where s.tenant_id = t and s.topic_id = of_id); end if;
  if audience = 'chat' then return (select count(*) from members m where m.tenant_id = t and m.chat_id = of_id::uuid); end if;
  return (select count(*) from (
    select u.id from users u where u.tenant_id = t and u.erased_at is null union select m.user_id from members m where m.tenant_id = t
    union select s.user_id from membership_spans s where s.tenant_id = t
      and not exists (select from users e where e.tenant_id = t and e.id = s.user_id and e.erased_at is not null)
    union select n.user_id from notifications n where n.tenant_id = t and n.status = 'visible'
    union select s.user_id from topic_subscribers s where s.tenant_id = t
    union select p.user_id from preferences p where p.tenant_id = t
      and not exists (select from users e where e.tenant_id = t and e.id = p.user_id and e.erased_at is not null)
    union select g.user_id from preference_timings g where g.tenant_id = t
      and not exists (select from users e where e.tenant_id = t and e.id = g.user_id and e.erased_at is not null)) x);
end $f$;
