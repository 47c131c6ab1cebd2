-- What of a tenant is scheduled or cancelled, newest first: few among all that its people have, which were read for it.
create index notifications_waiting on notifications (tenant_id, status, id) where status <> 'visible';
