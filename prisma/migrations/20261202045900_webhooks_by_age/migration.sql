-- concurrently
-- What is queued or was delivered is ended, or goes, when its event is no longer kept: it is found by its age, however much of the endpoint's stays
-- to be looked at. Of the others webhook_deliveries_not_taken does the same.
create index concurrently if not exists webhook_deliveries_by_age on webhook_deliveries (tenant_id, endpoint_id, status, created_at)
  where status in ('queued', 'delivered');
