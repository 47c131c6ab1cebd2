import type { IncomingHttpHeaders } from "node:http";
import type { Logger } from "pino";
import { admit } from "../../access.ts";
import { tenantOfApiKey } from "../../auth/api-key.ts";
import { authenticate, authenticateRoot } from "../../auth/authenticate.ts";
import { actAsOf, credentialsOf, single } from "../../auth/headers.ts";
import type { Principal } from "../../auth/principal.ts";
import { foreignPage, isOwnPage, sessionCookieOf } from "../../auth/session-cookie.ts";
import { decodeToken, tenantOfToken } from "../../auth/token.ts";
import { DomainError } from "../../errors.ts";
import type { DisconnectReason } from "../../realtime/disconnect.ts";
import { clientOf } from "../../realtime/live-connection.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Services } from "../../services.ts";
import type { Batch } from "./batch.ts";
import type { Turn } from "./turn.ts";

export interface TrpcDeps {
  services: Services;
  realtime: Realtime;
  log: Logger;
}

/** What every procedure works with. */
export interface TrpcContext extends TrpcDeps {
  requestId: string;
  ip: string;
  /** `Idempotency-Key` of a POST, and how many calls it carries. */
  repeat?: Repeat | undefined;
  /** What the call has to share with others of its request. */
  batch?: Batch | undefined;
  /** Set where the answer is that of a first call with the same key. */
  replayed?: boolean;
  /** How a subscription of the call travels. */
  transport: "websocket" | "sse";
  /** What the client calls itself. */
  client: string | undefined;
  /** The tenant that the call names; empty for none. Proves nothing. */
  tenant(): string;
  /** Checked anew for every call: a batch or a socket outlives a credential. */
  principal(options?: { optional?: boolean; evenSuspended?: boolean; root?: boolean }): Promise<Principal>;
  /** Ends the connection in a way that makes its client come back, and resume. */
  hangUp(reason: DisconnectReason): void;
  /** Aborts when the connection is closed, from whichever side. */
  gone: AbortSignal;
  /** Where subscriptions wait that come too soon: set over a WebSocket, whose stock client takes any error for the end of one for good. */
  turn?: Turn;
  /** Of a subscription that may wait there: aborts when it is stopped. */
  stopped?: AbortSignal | undefined;
  /** Resolves when the peer has read enough for more events; undefined when it already has. For whatever pulls without looking. */
  pressure?(): Promise<void> | undefined;
}

export interface Repeat {
  key: string;
  calls: number;
}

/** Where a call came from. */
export interface Origin {
  headers: IncomingHttpHeaders;
  /** `connectionParams` of the client: what a browser cannot put into headers. */
  params: Record<string, unknown>;
  ip: string;
  /** Over HTTP. */
  method?: string | undefined;
  requestId: string;
  repeat?: Repeat | undefined;
  batch?: Batch | undefined;
  hangUp(reason: DisconnectReason): void;
  gone: AbortSignal;
}

/** The context of a call. The tenant is the one the token names, else the header's or the connection parameter's, else the key's. A console session, which is in a cookie, counts when nothing else is shown. */
export function contextOf(deps: TrpcDeps, origin: Origin): TrpcContext {
  const { headers, params, ip, requestId, repeat, batch, hangUp, gone } = origin;
  const { services } = deps;
  const shown = credentialsOf(headers);
  const bearer = shown.bearer ?? textOf(params.token);
  const apiKey = shown.apiKey || textOf(params.apiKey);
  const internal = single(headers["x-parley-internal"]);
  const cookie = (bearer ?? apiKey ?? internal) ? undefined : sessionCookieOf(origin, services.settings);
  const named = textOf(headers["x-tenant-id"]) ?? textOf(params.tenantId) ?? (apiKey && tenantOfApiKey(apiKey)) ?? "";
  // Once, whatever the calls: it is read of what anybody may write.
  const isOwn = cookie === undefined || isOwnPage(origin, services.settings);
  const tenantOf = () => (bearer === undefined ? undefined : tenantOfBearer(bearer)) ?? named;
  const principal: TrpcContext["principal"] = ({ optional = false, evenSuspended = false, root = false } = {}) => {
    const tenant = tenantOf();
    const unnamed = new DomainError("unauthenticated", {
      detail: "Name the tenant: X-Tenant-Id, or connectionParams.tenantId",
    });
    if (tenant === "" && !root) return admit(services, { tenant, ip }, () => Promise.reject(unnamed));
    return admit(services, { tenant, ip }, async () => {
      const { security, settings } = services;
      if (!isOwn) throw foreignPage(settings);
      const shown = { bearer, apiKey, session: cookie };
      if (root) return authenticateRoot(security, settings.authSecret, { ...shown, internal }, { optional });
      const actAs = actAsOf(headers) || textOf(params.actAsUser);
      return authenticate(security, { ...shown, tenant, actAs }, { optional, evenSuspended });
    });
  };
  const transport = origin.method === undefined ? "websocket" : "sse";
  const client = clientOf(headers);
  return { ...deps, requestId, ip, tenant: tenantOf, repeat, batch, transport, client, principal, hangUp, gone };
}

function tenantOfBearer(bearer: string): string | undefined {
  try {
    return tenantOfToken(decodeToken(bearer));
  } catch {
    return undefined; // authentication says what is wrong with it
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
