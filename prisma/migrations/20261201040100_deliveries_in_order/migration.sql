-- concurrently
-- The console lists mail by how it ended: those of one status are read in their order, however rare they are. Without the tenant standing
-- still while it is made.
create index concurrently if not exists deliveries_of_mail_by_status on deliveries (tenant_id, status, created_at, id) where channel = 'email';
