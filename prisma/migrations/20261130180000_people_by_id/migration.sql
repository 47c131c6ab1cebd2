-- Who some users are, for the pages that their ids are on: one round trip a page. Of the erased nothing is said.
create function find_people_v1(t text, ids text[]) returns table (user_id text, display_name text, avatar_url text)
language plpgsql volatile security invoker
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return query select u.id, u.display_name, u.avatar_url from unnest(ids) as i(id)
    cross join lateral (select * from users x where x.tenant_id = t and x.id = i.id limit 1) u where u.erased_at is null;
end $f$;
