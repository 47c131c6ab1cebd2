-- concurrently
-- How a send's deliveries ended is counted every four seconds while its page is open, from the index alone. It takes the place of the one by batch; a
-- change of status wrote all indexes of a delivery before, too.
create index concurrently if not exists deliveries_of_batch_ended on deliveries (tenant_id, batch_id, channel, status) where batch_id is not null;
drop index concurrently if exists deliveries_of_batch;
