-- concurrently
-- The console lists what appeared lately: what was made long before for its time is found by when it appeared, the rest by its id.
create index concurrently if not exists notifications_later on notifications (tenant_id, visible_at) where scheduled_for is not null;
