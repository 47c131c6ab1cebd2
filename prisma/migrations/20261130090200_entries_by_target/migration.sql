-- concurrently
-- What was done to one thing is asked for every four seconds where a page of it is open, and read the whole audit log. An entry is written by hand or
-- by a key at work on the tenant, so one more index costs little; many have no target.
create index concurrently if not exists audit_entries_of_target on audit_entries (tenant_id, target, at, id) where target is not null;
