-- CreateIndex
CREATE INDEX "operator_invitations_email_idx" ON "operator_invitations"("email");

-- Whoever showed that an address is theirs may know whether somebody invites it: set for one statement by is_invited_v1 alone.
create policy own_invitations on operator_invitations for select
  using (email = (select nullif(current_setting('app.invited', true), '')));

-- Whether a tenant invites the address, whatever tenant the transaction was for; afterwards it is for that one again.
create function is_invited_v1(address text) returns boolean
language plpgsql volatile security invoker set search_path = pg_catalog, public as $f$
declare
  before text := current_setting('app.tenant', true);
  answer boolean;
begin
  perform set_config('app.tenant', '', true), set_config('app.invited', address, true);
  select exists (select from operator_invitations i where i.email = address and i.expires_at > now()) into answer;
  perform set_config('app.tenant', coalesce(before, ''), true), set_config('app.invited', '', true);
  return answer;
end $f$;
