-- What is held for quiet hours, a pause or a digest, by the time at which it is let go.
create index deliveries_held on deliveries (tenant_id, user_id, address, held_until)
  where held_until is not null and status in ('held', 'folded') and digest_id is null;
