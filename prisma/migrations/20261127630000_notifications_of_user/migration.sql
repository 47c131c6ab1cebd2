-- One user's notifications of every state, by id: an operator's list of them, a person's export and their erasure. Of a tenant's million all
-- were read for twenty: 390 ms, now under one.
CREATE INDEX "notifications_tenant_id_user_id_id_idx" ON "notifications"("tenant_id", "user_id", "id");
