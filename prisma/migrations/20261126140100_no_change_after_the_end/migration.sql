-- change_messages_v1 that leaves a deleted chat as it is, for Admins too: chat.deleted is the last that is heard of a chat. Members are
-- gone with it; an Admin is not, so the chat is looked at under the head.
create or replace function change_messages_v1(t text, input json)
returns table (ord int, outcome text, pos bigint, message jsonb, at timestamptz)
language plpgsql volatile security invoker
set enable_seqscan = off set plan_cache_mode = force_generic_plan set search_path = pg_catalog, public
as $f$
#variable_conflict use_column
declare
  moment timestamptz;
  place bigint;
  r record;
  g messages%rowtype;
  actor_role text;
  chat_frozen boolean;
  muted boolean;
  kind text;
begin
  perform set_config('app.tenant', t, true);
  select l.position into place from tenant_log l where l.tenant_id = t for no key update;
  moment := date_trunc('milliseconds', clock_timestamp());
  for r in select i.* from rows from (json_to_recordset(input)
      as (o text, c uuid, m uuid, a text, admin boolean, content text, metadata jsonb, mentions jsonb, h text)) with ordinality i loop
    ord := r.ordinality; outcome := 'ok'; pos := null; message := null; at := moment;
    actor_role := null;
    -- In a chat of two nobody is over the other: who made it may not put words into the other's mouth.
    select case when ch.kind = 'direct' then 'member' else b.role end, ch.frozen, coalesce(b.muted_until > moment, false) into actor_role, chat_frozen, muted
      from members b join chats ch on ch.tenant_id = t and ch.id = b.chat_id and ch.deleted_at is null
      where b.tenant_id = t and b.chat_id = r.c and b.user_id = r.a;
    select * into g from messages x where x.tenant_id = t and x.id = r.m and x.chat_id = r.c;
    if (actor_role is null and not r.admin) or g.id is null
      or not exists (select from chats x where x.tenant_id = t and x.id = r.c and x.deleted_at is null) then outcome := 'not_found';
    elsif not r.admin and g.sender_id is distinct from r.a and actor_role = 'member' then outcome := 'forbidden';
    elsif r.o = 'edit' and not r.admin and chat_frozen and actor_role = 'member' then outcome := 'frozen';
    elsif r.o = 'edit' and not r.admin and muted then outcome := 'muted';
    elsif g.deleted_at is not null and r.o = 'edit' then outcome := 'deleted';
    end if;
    if outcome <> 'ok' then return next; continue; end if;

    if r.o = 'edit' then
      insert into message_edits (tenant_id, message_id, version, content, metadata, edited_by, edited_at, position)
      select t, g.id, 1 + count(*), g.content, g.metadata, r.a, moment, place + 1 from message_edits e where e.tenant_id = t and e.message_id = g.id;
      update messages x set content = coalesce(r.content, x.content), metadata = coalesce(r.metadata, x.metadata), edited_at = moment,
        mention_user_ids = case when r.mentions is null then x.mention_user_ids else array(select jsonb_array_elements_text(r.mentions)) end
      where x.tenant_id = t and x.id = g.id returning * into g;
      kind := 'message.edited';
    elsif g.deleted_at is null then
      update events e set payload = (e.payload - 'mentionUserIds') || jsonb_build_object('content', '', 'metadata', '{}'::jsonb, 'deletedAt', iso_time(moment))
      where e.tenant_id = t and e.position in (
        select g.position union all select x.position from message_edits x where x.tenant_id = t and x.message_id = g.id);
      delete from message_edits x where x.tenant_id = t and x.message_id = g.id;
      update messages x set content = '', metadata = '{}', mention_user_ids = '{}', deleted_at = moment
      where x.tenant_id = t and x.id = g.id returning * into g;
      kind := 'message.deleted';
    else
      kind := null; -- deleted twice: the first one stands
    end if;

    message := jsonb_build_object('id', g.id, 'chatId', g.chat_id, 'seq', g.seq, 'content', g.content, 'senderId', g.sender_id,
        'createdAt', iso_time(g.created_at), 'metadata', g.metadata)
      || case when g.edited_at is null then '{}' else jsonb_build_object('editedAt', iso_time(g.edited_at)) end
      || case when g.deleted_at is null then '{}' else jsonb_build_object('deletedAt', iso_time(g.deleted_at)) end
      || case when g.client_message_id is null then '{}' else jsonb_build_object('clientMessageId', g.client_message_id) end
      || case when g.reply_to_id is null then '{}' else jsonb_build_object('replyToId', g.reply_to_id) end
      || case when cardinality(g.mention_user_ids) = 0 then '{}' else jsonb_build_object('mentionUserIds', g.mention_user_ids) end;
    if kind is not null then
      place := place + 1; pos := place;
      insert into events (tenant_id, position, type, chat_id, seq, payload, client_hash, at)
      values (t, place, kind, g.chat_id, g.seq, message, r.h, moment);
      update chat_heads h set last_position = place where h.tenant_id = t and h.chat_id = g.chat_id;
    end if;
    return next;
  end loop;
  update tenant_log l set position = place where l.tenant_id = t and l.position <> place;
end $f$;
