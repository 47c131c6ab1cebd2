-- concurrently
-- What was delivered goes when its event is no longer kept, and is found by its age, however much of the endpoint's is still shown as expired.
create index concurrently if not exists webhook_deliveries_delivered on webhook_deliveries (tenant_id, endpoint_id, created_at)
  where status = 'delivered';
