-- concurrently
-- An endpoint's queued samples, nearly always none: with no index of their own they were looked for in whichever seemed small enough, and
-- where none had been queued when the table was last analysed that was one of all its deliveries, at each claim.
create index concurrently if not exists webhook_deliveries_samples on webhook_deliveries (tenant_id, endpoint_id, due_at)
  where status = 'queued' and position is null;
