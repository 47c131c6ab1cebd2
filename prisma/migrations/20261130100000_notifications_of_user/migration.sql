-- concurrently
-- What a notification said is taken out of its events when it goes, under the log's head; a person's other events since are mostly of
-- what they have read in chats, dozens a day, and were all looked at.
create index concurrently if not exists events_of_user_notifications on events (tenant_id, user_id, position) where type in ('notification.created', 'notification.updated');
