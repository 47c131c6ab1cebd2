-- What notifications said goes with them from where mail keeps it, too: that about unread messages has their words and who wrote them, a
-- digest those of all that is in it. A digest without any is written anew when it is tried again.

-- As before, but for that. By key: joined, a table that nobody has analysed yet is read for it, under the head.
create or replace function delete_notifications_v1(t text, u text, ids uuid[]) returns setof notifications
language plpgsql volatile security invoker
set enable_seqscan = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
declare
  gone notifications[];
  gone_ids uuid[];
  digest record;
begin
  with removed as (
    delete from notifications x where x.tenant_id = t and x.id = any (ids) and (u is null or x.user_id = u) and x.status = 'visible' returning x as row
  )
  select array_agg(r.row) into gone from removed r;
  if gone is null then return; end if;
  update events e set payload = e.payload - '{htmlContent,summary}'::text[] || '{"subject": "", "message": "", "metadata": {}}'
  from (select g.user_id, min(g.position) as first, array_agg(g.id::text) as ids from unnest(gone) g group by g.user_id) d
  where e.tenant_id = t and e.user_id = d.user_id and e.position >= d.first and e.type in ('notification.created', 'notification.updated')
    and e.payload ->> 'id' = any (d.ids);
  gone_ids := array(select (g).id from unnest(gone) g);
  update deliveries d set mail = jsonb_build_object('chat', d.mail -> 'chat'), subject = ''
  where d.tenant_id = t and d.notification_id = any (gone_ids) and d.mail ? 'messages';
  -- One that is being made of them is waited for, and found.
  perform 1 from deliveries x where x.tenant_id = t and x.notification_id = any (gone_ids) order by x.id for update;
  for digest in
    select distinct x.user_id, x.digest_id from deliveries x
    where x.tenant_id = t and x.notification_id = any (gone_ids) and x.digest_id is not null
  loop
    update deliveries d set mail = jsonb_set(d.mail, '{items}', '[]')
    where d.tenant_id = t and d.cause = 'digest:' || digest.digest_id and d.user_id = digest.user_id and d.channel = 'email' and d.mail ? 'items';
  end loop;
  return query select (g).* from unnest(gone) g;
end $f$;
