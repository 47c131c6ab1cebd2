-- concurrently
-- An erasure and an export ask for all that one did as an Admin, a step at a time; entries are kept for up to ten years.
create index concurrently if not exists audit_entries_tenant_id_actor_id_id_idx on audit_entries (tenant_id, actor_id, id);
