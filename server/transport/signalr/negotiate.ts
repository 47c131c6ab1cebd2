import type { Principal } from "../../auth/principal.ts";
import { type ConnectionTokens, newConnectionId } from "./connection-token.ts";
import type { TransportName } from "./link.ts";

/** The newest version of negotiation that is understood; from 1 on, id and token of a connection are two things. */
const newestVersion = 1;

export interface Negotiation {
  negotiateVersion: number;
  connectionId: string;
  connectionToken?: string;
  useStatefulReconnect?: true;
  availableTransports: { transport: TransportName; transferFormats: ("Text" | "Binary")[] }[];
}

/** The transports in the order in which a client tries them. */
const availableTransports: Negotiation["availableTransports"] = [
  { transport: "WebSockets", transferFormats: ["Text", "Binary"] },
  { transport: "ServerSentEvents", transferFormats: ["Text"] },
  { transport: "LongPolling", transferFormats: ["Text", "Binary"] },
];

interface Asked {
  /** Query parameters as they came. */
  version: string | undefined;
  stateful: string | undefined;
  principal: Principal;
}

interface Place {
  tokens: ConnectionTokens;
  nodeId: string;
  /** ms since 1970 */
  now: number;
}

/** Answers a negotiate request (TransportProtocols.md). A version that cannot be served is told in a 200, as .NET does. */
export function negotiate({ version, stateful, principal }: Asked, place: Place): Negotiation | { error: string } {
  if (version !== undefined && !/^-?\d{1,9}$/.test(version)) {
    return { error: "The client requested a non-integer protocol version." };
  }
  const asked = Number(version ?? 0);
  if (asked < 0) {
    return { error: `The client requested version '${asked}', but the server does not support this version.` };
  }
  const connectionId = newConnectionId();
  const { tenantId, userId = "" } = principal;
  const { tokens, nodeId, now: issuedAt } = place;
  // A client that has not asked for it refuses an answer that grants it.
  const isStateful = asked > 0 && stateful?.toLowerCase() === "true";
  const token = tokens.sign({ connectionId, tenantId, userId, issuedAt, nodeId, stateful: isStateful });
  // Version 0 knows one id for both, and connects with it.
  if (asked === 0) return { negotiateVersion: 0, connectionId: token, availableTransports };
  const negotiateVersion = Math.min(asked, newestVersion);
  const granted = isStateful ? { useStatefulReconnect: true as const } : {};
  return { negotiateVersion, connectionId, connectionToken: token, ...granted, availableTransports };
}

/**
 * Where a tenant's hub is when it is not here; undefined when it is. What the client asked for goes with it; how it asked, and its token,
 * does not.
 */
export function redirectOf(hubUrl: string | undefined, asked: URL, host: string | undefined): string | undefined {
  if (hubUrl === undefined || new URL(hubUrl).host === host) return undefined;
  const url = new URL(hubUrl);
  const ours = new Set(["negotiateversion", "usestatefulreconnect", "access_token"]);
  for (const [name, value] of asked.searchParams)
    if (!ours.has(name.toLowerCase())) url.searchParams.append(name, value);
  return url.href;
}
