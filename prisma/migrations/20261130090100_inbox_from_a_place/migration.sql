-- Behind the policies a comparison with `coalesce` is no condition of an index (Postgres does not take it for leakproof), so each page read the inbox
-- from its newest on; a parameter that always has a value is one.
create or replace function list_inbox_v1(t text, u text, moment timestamptz, before_pos bigint, after_pos bigint, skip int, lim int, counted boolean, unread boolean,
  of_type text, of_priority smallint, is_archived boolean, is_snoozed boolean, since timestamptz)
returns table (pos bigint, payload jsonb, total bigint)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  n bigint;
begin
  perform set_config('app.tenant', t, true);
  before_pos := coalesce(before_pos, 9223372036854775807);
  if counted then
    select count(*) into n from notifications x where x.tenant_id = t and x.user_id = u and x.status = 'visible'
      and (x.expires_at is null or x.expires_at > moment) and (x.archived_at is not null) = is_archived
      and (x.snoozed_until is not null and x.snoozed_until > moment) = is_snoozed and (not unread or x.read_at is null)
      and (of_type is null or x.type = of_type) and (of_priority is null or x.priority = of_priority) and (since is null or x.visible_at >= since);
  end if;
  if after_pos is not null then
    return query
    select z.position, notification_json_v1(z.row), n from (
      select x.position, x as row from notifications x where x.tenant_id = t and x.user_id = u and x.status = 'visible'
        and (x.expires_at is null or x.expires_at > moment) and (x.archived_at is not null) = is_archived
        and (x.snoozed_until is not null and x.snoozed_until > moment) = is_snoozed and (not unread or x.read_at is null)
        and (of_type is null or x.type = of_type) and (of_priority is null or x.priority = of_priority) and (since is null or x.visible_at >= since)
        and x.position > after_pos and x.position < before_pos
      order by x.position limit lim) z order by z.position desc;
  else
    return query
    select x.position, notification_json_v1(x), n from notifications x where x.tenant_id = t and x.user_id = u and x.status = 'visible'
      and (x.expires_at is null or x.expires_at > moment) and (x.archived_at is not null) = is_archived
      and (x.snoozed_until is not null and x.snoozed_until > moment) = is_snoozed and (not unread or x.read_at is null)
      and (of_type is null or x.type = of_type) and (of_priority is null or x.priority = of_priority) and (since is null or x.visible_at >= since)
      and x.position < before_pos
    order by x.position desc offset skip limit lim;
  end if;
  if counted and not found then return query select null::bigint, null::jsonb, n; end if;
end $f$;
