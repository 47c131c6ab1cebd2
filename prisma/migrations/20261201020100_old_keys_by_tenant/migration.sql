-- concurrently
-- What is too old of a tenant's idempotency keys is found without those of all others, every hour and for every tenant.
create index concurrently if not exists "idempotency_keys_tenant_id_created_at_idx" on "idempotency_keys" ("tenant_id", "created_at");
drop index concurrently if exists "idempotency_keys_created_at_idx";
