-- Puts notices of unread messages, and what is kept of their mail, into other words, as a message that they quote was edited; a digest that says
-- them is written anew when its turn comes. input: [{i id, m message, q the same messages in their words of now}]. Answers those that said
-- something else, as they are now. One after the other and by nothing but their keys: with one condition more, an index of all that a tenant
-- has of the kind would do, where nobody has counted since the tenant grew. Who is no longer in the chat is told nothing more of it.
create function reword_notices_v1(t text, input json) returns setof jsonb
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
declare
  w record;
  d record;
  shown jsonb;
begin
  for w in select r.i, r.m, r.q from json_to_recordset(input) as r (i uuid, m text, q jsonb) order by r.i loop
    update notifications x set message = w.m, metadata = jsonb_set(x.metadata, '{messages}', w.q)
    where x.tenant_id = t and x.id = w.i and x.metadata -> 'messages' is distinct from w.q
      and (select m.user_id from members m where m.tenant_id = t and m.chat_id = x.chat_id and m.user_id = x.user_id) is not null
    returning notification_json_v1(x) - 'htmlContent' into shown;
    continue when not found;
    return next shown;
    -- A digest that is being made of them is waited for, and found.
    for d in select x.id, x.user_id, x.digest_id from deliveries x where x.tenant_id = t and x.notification_id = w.i for update loop
      -- The times stay as their person's clock showed them.
      update deliveries x set mail = jsonb_set(x.mail, '{messages}', coalesce((
        select jsonb_agg(said.value || (said_now.value - 'at') order by said.ordinality)
        from jsonb_array_elements(x.mail -> 'messages') with ordinality said
        join jsonb_array_elements(w.q) with ordinality said_now on +said_now.ordinality = said.ordinality), '[]'))
      where x.tenant_id = t and x.id = d.id and x.mail ? 'messages';
      continue when d.digest_id is null;
      update deliveries x set mail = jsonb_set(x.mail, '{items}', '[]')
      where x.tenant_id = t and x.cause = 'digest:' || d.digest_id and x.user_id = d.user_id and x.mail ? 'items'
        and x.status in ('queued', 'waiting');
    end loop;
  end loop;
end $f$;
