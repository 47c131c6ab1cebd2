-- concurrently
-- What an endpoint has not taken is looked for among all that was sent to it, and asked for every four seconds where a page of it is open. Few come
-- here, and what is queued or delivered never does.
create index concurrently if not exists webhook_deliveries_not_taken on webhook_deliveries (tenant_id, endpoint_id, status, created_at, id)
  where status in ('failed', 'expired', 'waiting');
