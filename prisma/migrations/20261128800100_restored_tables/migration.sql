-- A dump that is restored into the same server changes neither its identity nor its timeline, but it makes the tables anew: the log's
-- head gets another object id, and with that every log another epoch. The id of today is written into the function, so that the epochs of
-- an installation that is brought to this release stay what they are. (A function with a body of the standard's kind keeps the id that
-- the table had when it was made; the dump has the table's name.)
do $do$
begin
  execute format($sql$
create or replace function epoch_of_v1(head_epoch bigint, system_identifier bigint, timeline_id integer) returns bigint language sql stable
return ('x' || substr(md5(head_epoch || ':' || system_identifier || ':' || timeline_id
  || case when 'public.tenant_log'::regclass::oid = %s then '' else ':' || 'public.tenant_log'::regclass::oid end), 1, 12))::bit(48)::bigint
$sql$, 'public.tenant_log'::regclass::oid);
end $do$;
