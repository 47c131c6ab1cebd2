-- concurrently
-- Who was erased of late: each step of a send to many asks for them under the log's head.
create index concurrently if not exists users_erased on users (tenant_id, erased_at) where erased_at is not null;
