-- CreateTable
CREATE TABLE "connections" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "node_id" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "user_id" TEXT,
    "protocol" TEXT NOT NULL,
    "transport" TEXT NOT NULL,
    "client" TEXT,
    "subscriptions" INTEGER,
    "queued_bytes" INTEGER,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "ending" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "connections_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "connections_tenant_id_opened_at_id_idx" ON "connections"("tenant_id", "opened_at", "id");

-- CreateIndex
CREATE INDEX "connections_tenant_id_user_id_idx" ON "connections"("tenant_id", "user_id");

alter table connections enable row level security;
alter table connections force row level security;
create policy tenant_wall on connections using (tenant_id = (select app_tenant())) with check (tenant_id = (select app_tenant()));

-- What a node has open: input [{i id, k caller, u user, p protocol, w transport, c client, s subscriptions, q queued bytes, o opened at in ms}],
-- or {i, g: true} for one that is gone. Somebody's wish that one ends is kept.
create function put_connections_v1(t text, node text, input json) returns void
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  insert into connections as x (tenant_id, id, node_id, caller, user_id, protocol, transport, client, subscriptions, queued_bytes, opened_at)
  select t, r.i, node, r.k, r.u, r.p, r.w, r.c, r.s, r.q, to_timestamp(r.o / 1000.0)
  from json_to_recordset(input) as r (i text, k text, u text, p text, w text, c text, s int, q int, o float8, g boolean)
  where r.g is not true order by r.i
  on conflict (tenant_id, id) do update set node_id = excluded.node_id, caller = excluded.caller, user_id = excluded.user_id,
    transport = excluded.transport, client = excluded.client, subscriptions = excluded.subscriptions, queued_bytes = excluded.queued_bytes;
  delete from connections x where x.tenant_id = t and x.node_id = node and x.id = any (array(
    select r.i from json_to_recordset(input) as r (i text, g boolean) where r.g));
end $f$;

-- Those of a node that somebody wants closed.
create function ending_connections_v1(t text, node text) returns setof text
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
begin
  perform set_config('app.tenant', t, true);
  return query select x.id from connections x where x.tenant_id = t and x.node_id = node and x.ending;
end $f$;

-- Takes out what was open on nodes that no longer answer; returns how many.
create function drop_dead_connections_v1(t text) returns int
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  gone int;
begin
  perform set_config('app.tenant', t, true);
  delete from connections x where x.tenant_id = t
    and not exists (select 1 from nodes n where n.id = x.node_id and n.seen_at > now() - interval '20 seconds');
  get diagnostics gone = row_count;
  return gone;
end $f$;
