-- concurrently
-- What went into a digest: asked for by whoever wonders why it did not arrive, and when the digest is tried again.
create index concurrently if not exists deliveries_of_digest on deliveries (tenant_id, digest_id) where digest_id is not null;
