-- concurrently
-- What is held and whose time has come is found without what waits on.
create index concurrently if not exists deliveries_held_until on deliveries (tenant_id, held_until, id)
  where held_until is not null and status in ('held', 'folded') and digest_id is null;
