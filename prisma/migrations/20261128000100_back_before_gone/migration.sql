-- Notes for the webhooks what a change of a channel means. Who leaves is told of after three seconds, and not at all when it is back by then.
-- By the note that somebody has left one knows that whoever comes was never gone: it is written also where only coming is told of, and
-- then nobody's to be told.
create or replace function note_channel_v1(t text, c text, was int, total int, added json, removed text[], wanted text[], held text[]) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  u text;
  noted boolean := false;
  moment timestamptz := clock_timestamp();
begin
  if was = 0 and total > 0 then
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'channel_vacated' and q.due_at > moment;
    if not found and 'channel_occupied' = any (wanted) then
      insert into channel_notices (tenant_id, name, channel, due_at, at) values (t, 'channel_occupied', c, moment, moment);
      noted := true;
    end if;
  end if;
  for u in select x.u from json_to_recordset(added) as x (u text) loop
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'member_removed' and q.user_id = u and q.due_at > moment;
    if not found and 'member_added' = any (wanted) then
      insert into channel_notices (tenant_id, name, channel, user_id, due_at, at) values (t, 'member_added', c, u, moment, moment);
      noted := true;
    end if;
  end loop;
  if wanted && array['member_added', 'member_removed'] then
    foreach u in array removed loop
      insert into channel_notices (tenant_id, name, channel, user_id, due_at, at)
      values (t, 'member_removed', c, u, case when u = any (held) then moment else moment + interval '3 seconds' end, moment);
      noted := true;
    end loop;
  end if;
  if was > 0 and total = 0 and wanted && array['channel_occupied', 'channel_vacated'] then
    insert into channel_notices (tenant_id, name, channel, due_at, at) values (t, 'channel_vacated', c, moment + interval '3 seconds', moment);
    noted := true;
  end if;
  if was <> total and 'subscription_count' = any (wanted) and c not like 'presence-%' then
    delete from channel_notices q where q.tenant_id = t and q.channel = c and q.name = 'subscription_count';
    insert into channel_notices (tenant_id, name, channel, body, due_at, at)
    values (t, 'subscription_count', c, jsonb_build_object('subscription_count', total), moment, moment);
    noted := true;
  end if;
  if noted then
    perform call_channel_webhooks_v1(t, moment);
    perform call_channel_webhooks_v1(t, moment + interval '3 seconds');
  end if;
end $f$;
