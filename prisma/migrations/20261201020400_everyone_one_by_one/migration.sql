-- Everyone is found by looking from one person to the next, however many rows there are of each: what people were ever told was read in whole, at
-- every send to everyone and at each of its steps.

-- Whom a tenant knows, after an id and in order, at most lim of them or all. Of the erased, what they leave or choose makes nobody known. Each of the tables
-- is gone through by its index, with one look for each person in it.
create function known_users_v1(t text, after text, lim int) returns setof text
language plpgsql stable security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off set search_path = pg_catalog, public
as $f$
begin
  return query
  select x.u from (
      (select u.id as u from users u where u.tenant_id = t and u.id > after and u.erased_at is null order by u.id limit lim)
      union
      (with recursive w (u) as (
        (select x.user_id from members x where x.tenant_id = t and x.user_id > after order by x.user_id limit 1)
        union all
        select (select x.user_id from members x where x.tenant_id = t and x.user_id > w.u order by x.user_id limit 1) from w where w.u is not null
      ) select w.u from w where w.u is not null limit lim)
      union
      (with recursive w (u) as (
        (select x.user_id from membership_spans x where x.tenant_id = t and x.user_id > after order by x.user_id limit 1)
        union all
        select (select x.user_id from membership_spans x where x.tenant_id = t and x.user_id > w.u order by x.user_id limit 1) from w where w.u is not null
      ) select w.u from w where w.u is not null
        and not coalesce((select e.erased_at is not null from users e where e.tenant_id = t and e.id = w.u), false) limit lim)
      union
      (with recursive w (u) as (
        (select x.user_id from notifications x where x.tenant_id = t and x.status = 'visible' and x.user_id > after order by x.user_id limit 1)
        union all
        select (select x.user_id from notifications x where x.tenant_id = t and x.status = 'visible' and x.user_id > w.u order by x.user_id limit 1) from w where w.u is not null
      ) select w.u from w where w.u is not null limit lim)
      union
      (with recursive w (u) as (
        (select x.user_id from topic_subscribers x where x.tenant_id = t and x.user_id > after order by x.user_id limit 1)
        union all
        select (select x.user_id from topic_subscribers x where x.tenant_id = t and x.user_id > w.u order by x.user_id limit 1) from w where w.u is not null
      ) select w.u from w where w.u is not null limit lim)
      union
      (with recursive w (u) as (
        (select x.user_id from preferences x where x.tenant_id = t and x.user_id > after order by x.user_id limit 1)
        union all
        select (select x.user_id from preferences x where x.tenant_id = t and x.user_id > w.u order by x.user_id limit 1) from w where w.u is not null
      ) select w.u from w where w.u is not null
        and not coalesce((select e.erased_at is not null from users e where e.tenant_id = t and e.id = w.u), false) limit lim)
      union
      (select g.user_id from preference_timings g where g.tenant_id = t and g.user_id > after
        and not coalesce((select e.erased_at is not null from users e where e.tenant_id = t and e.id = g.user_id), false) order by g.user_id limit lim)
    ) x order by x.u limit lim;
end $f$;

-- The next of whom a send to many is for, in order of id: those who are there when their turn comes.
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
    return query select u from known_users_v1(t, after, lim) u;
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
  return (select count(*) from known_users_v1(t, '', null));
end $f$;
