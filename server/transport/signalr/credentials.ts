import type { IncomingHttpHeaders } from "node:http";
import { admit, requireAccess } from "../../access.ts";
import { authenticate } from "../../auth/authenticate.ts";
import { actAsOf, credentialsOf } from "../../auth/headers.ts";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { operations } from "../../operations.ts";
import type { Services } from "../../services.ts";

/** What a request to the hub shows of its sender. */
export interface Shown {
  tenant: string;
  headers: IncomingHttpHeaders;
  /** `access_token` of the address: a browser's WebSocket has no headers. */
  accessToken: string | undefined;
  /** Asked for only when it matters: Node keeps what it finds out about a socket's peer. */
  ip(): string;
}

/**
 * Who connects: a Bearer header, else the address's token, else an API key that acts as a user. Throws what `authenticate` throws,
 * `user_required`, `scope_missing` for a key that may not read events, since a connection is told them whatever else it is for, and
 * `rate_limited` for an address that keeps coming without a valid credential.
 */
export async function authenticateHub(services: Services, shown: Shown): Promise<Principal> {
  const { tenant, headers, accessToken, ip } = shown;
  const { bearer = accessToken, apiKey } = credentialsOf(headers);
  const actAs = actAsOf(headers);
  const check = () => authenticate(services.security, { tenant, bearer, apiKey, actAs });
  const principal = await admit(services, { tenant, ip }, check);
  if (principal.userId === undefined)
    throw new DomainError("user_required", { detail: "A key carries no user; name one with X-Act-As-User" });
  requireAccess(operations.events.list, principal);
  return principal;
}
