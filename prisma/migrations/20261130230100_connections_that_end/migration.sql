-- Every node asks every few seconds which of its connections somebody wants closed: none, nearly always, of however many there are.
create index connections_ending on connections (tenant_id, node_id) where ending;
