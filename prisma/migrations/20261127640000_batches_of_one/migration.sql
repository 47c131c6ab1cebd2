-- Sends to many that are for one user alone and have not come: who is erased takes them along. Of a back end that sends to one user at a time
-- every send of ninety days was read for it.
create index notification_batches_of_one on notification_batches (tenant_id, (recipients[1]), id) where cardinality(recipients) = 1;
