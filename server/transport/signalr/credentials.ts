import type { IncomingHttpHeaders } from "node:http";
import { authenticate } from "../../auth/authenticate.ts";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
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
 * `user_required`, and `rate_limited` for an address that keeps coming without a valid credential.
 */
export async function authenticateHub(services: Services, shown: Shown): Promise<Principal> {
  const { tenant, headers, accessToken } = shown;
  const bearer = bearerOf(headers.authorization) ?? accessToken;
  const credentials = { tenant, bearer, apiKey: textOf(headers["x-api-key"]), actAs: textOf(headers["x-act-as-user"]) };
  try {
    const principal = await authenticate(services.security, credentials);
    if (principal.userId !== undefined) return principal;
  } catch (error) {
    if (error instanceof DomainError && (error.status === 401 || error.status === 403)) await slowDown(services, shown);
    throw error;
  }
  throw new DomainError("user_required", { detail: "A key carries no user; name one with X-Act-As-User" });
}

/** What an open connection keeps: it is checked again by issuer and time, and a token may be as large as all the rest of it. */
export function withoutToken(principal: Principal): Principal {
  const { credential } = principal;
  return credential.type === "token" ? { ...principal, credential: { ...credential, token: "" } } : principal;
}

async function slowDown({ security, limiter }: Services, { tenant, ip }: Shown): Promise<void> {
  const rates = (await security.snapshot(tenant))?.settings.rates;
  limiter.take("address", ip(), rates?.address ?? { rate: 20, burst: 100 });
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^Bearer(?:\s+(.*))?$/i.exec(header)?.[1] ?? "").trim();
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
