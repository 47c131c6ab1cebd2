-- What every call is checked against, in one round trip: through Prisma it would be four tables and sixteen round trips.

-- Users are only those with a valid_after from users_since on; the rest was read before. Null for an unknown tenant.
create function tenant_security_v1(t text, users_since timestamptz) returns json
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return (
    select json_build_object(
      'readAt', clock_timestamp(),
      'suspended', n.suspended_at is not null,
      'demo', n.demo,
      'settings', n.settings,
      'validAfter', (extract(epoch from n.valid_after) * 1000)::bigint,
      'issuers', (select coalesce(json_agg(json_build_object('id', i.id, 'name', i.name, 'kind', i.kind, 'issuer', i.issuer,
          'audience', i.audience, 'algorithms', i.algorithms, 'secret', i.secret, 'publicKey', i.public_key, 'jwksUri', i.jwks_uri,
          'claims', i.claims, 'enabled', i.enabled) order by i.created_at, i.id), '[]')
        from issuers i where i.tenant_id = t),
      'keys', (select coalesce(json_agg(json_build_object('id', k.id, 'kind', k.kind, 'hash', k.hash, 'scopes', k.scopes)), '[]')
        from api_keys k where k.tenant_id = t),
      'users', (select coalesce(json_agg(json_build_array(u.id, (extract(epoch from u.valid_after) * 1000)::bigint)), '[]')
        from users u where u.tenant_id = t and u.valid_after is not null and (users_since is null or u.valid_after >= users_since)))
    from tenants n where n.id = t);
end $f$;

-- input: [{k key id, at}]. Times only move forwards, whichever node writes last.
create function touch_keys_v1(t text, input json) returns void
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  update api_keys k set last_used_at = r.at
  from json_to_recordset(input) as r (k uuid, at timestamptz)
  where k.tenant_id = t and k.id = r.k and (k.last_used_at is null or k.last_used_at < r.at);
end $f$;

-- A tenant has one primary and one secondary key, whoever regenerates them at the same time.
create unique index api_keys_one_of_kind on api_keys (tenant_id, kind) where kind <> 'named';
