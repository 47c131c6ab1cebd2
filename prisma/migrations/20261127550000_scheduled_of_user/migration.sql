-- Whether anything to come names a user was asked of all that the tenant has scheduled. It serves those that follow the clock of their user
-- too, which had an index of their own.
create index notifications_scheduled on notifications (tenant_id, user_id) where status = 'scheduled';
drop index notifications_local;
