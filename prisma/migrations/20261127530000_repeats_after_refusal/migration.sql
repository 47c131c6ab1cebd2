-- The messages that sends are repeats of: by key, and with the same content. A repeat gets the first answer also when its sender was muted or
-- the chat frozen meanwhile: what was stored is stored.
create function find_sent_v1(t text, chats uuid[], senders text[], client_keys text[], idem_keys text[], hashes text[])
returns table (ord int, message_id uuid)
language plpgsql stable security invoker
set enable_seqscan = off set enable_bitmapscan = off set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return query
  select r.o::int, held.message_id
  from unnest(chats, senders, client_keys, idem_keys, hashes) with ordinality as r (chat, sender, client_key, idem_key, hash, o)
  cross join lateral (
    select k.message_id, k.body_hash from send_keys k
    where k.tenant_id = t and k.sender_id = r.sender and ((k.chat_id = r.chat and k.key = 'c:' || r.client_key)
      or (k.chat_id = '00000000-0000-0000-0000-000000000000' and k.key = 'i:' || r.idem_key))
    order by k.key limit 1) held
  where held.body_hash = r.hash;
end $f$;
