-- concurrently
-- The overview asks every few seconds how much mail waits for somebody's word; mostly none does, among all that ever went out.
create index concurrently if not exists deliveries_waiting on deliveries (tenant_id, created_at, id) where status = 'waiting';
