import type { Principal } from "../../auth/principal.ts";
import { type ConnectionTokens, newConnectionId } from "./connection-token.ts";

/** The newest version of negotiation that is understood; from 1 on, id and token of a connection are two things. */
const newestVersion = 1;

export interface Negotiation {
  negotiateVersion: number;
  connectionId: string;
  connectionToken?: string;
  availableTransports: { transport: "WebSockets" | "ServerSentEvents" | "LongPolling"; transferFormats: string[] }[];
}

/** The transports in the order in which a client tries them. */
const availableTransports: Negotiation["availableTransports"] = [
  { transport: "WebSockets", transferFormats: ["Text"] },
];

/** Answers a negotiate request (TransportProtocols.md). A version that cannot be served is told in a 200, as .NET does. */
export function negotiate(
  version: string | undefined,
  principal: Principal,
  tokens: ConnectionTokens,
  now: number,
): Negotiation | { error: string } {
  if (version !== undefined && !/^-?\d{1,9}$/.test(version)) {
    return { error: "The client requested a non-integer protocol version." };
  }
  const asked = Number(version ?? 0);
  if (asked < 0) {
    return { error: `The client requested version '${asked}', but the server does not support this version.` };
  }
  const connectionId = newConnectionId();
  const { tenantId, userId = "" } = principal;
  const token = tokens.sign({ connectionId, tenantId, userId, issuedAt: now });
  // Version 0 knows one id for both, and connects with it.
  if (asked === 0) return { negotiateVersion: 0, connectionId: token, availableTransports };
  const negotiateVersion = Math.min(asked, newestVersion);
  return { negotiateVersion, connectionId, connectionToken: token, availableTransports };
}
