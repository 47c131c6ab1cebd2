import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Principal } from "../../auth/principal.ts";
import { deriveKey } from "../../config/secrets.ts";

/** Between negotiate and connect, in ms. */
export const validMs = 120_000;
const macBytes = 32;

/** Whether a connection may still be made with a claim; an open one lives on without. */
export function isFresh(claim: ConnectionClaim, now: number): boolean {
  return Math.abs(now - claim.issuedAt) <= validMs;
}

export interface ConnectionClaim {
  connectionId: string;
  tenantId: string;
  userId: string;
  /** ms since 1970 */
  issuedAt: number;
  /** The node that negotiated: what lives in one process only, lives there. */
  nodeId: string;
  /** Stateful reconnect was agreed on. */
  stateful: boolean;
}

/** A fresh public id of a connection: 128 random bits in base64url, as .NET makes them. */
export function newConnectionId(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * The secret half of a negotiated connection. It says itself what it is for, so that negotiate and connect may reach different
 * nodes of one AUTH_SECRET. Only base64url characters: the client puts it into an address as it is.
 */
export class ConnectionTokens {
  private readonly key: Buffer;

  constructor(authSecret: string) {
    this.key = deriveKey(authSecret, "connection-token");
  }

  sign(claim: ConnectionClaim): string {
    const { connectionId, tenantId, userId, issuedAt, nodeId, stateful } = claim;
    const body = Buffer.from(JSON.stringify([connectionId, tenantId, userId, issuedAt, nodeId, stateful]));
    return Buffer.concat([this.macOf(body), body]).toString("base64url");
  }

  /** What a token says, if it was signed here. It may be too old to connect with. */
  read(token: string): ConnectionClaim | undefined {
    const bytes = Buffer.from(token, "base64url");
    const body = bytes.subarray(macBytes);
    if (body.length === 0 || !timingSafeEqual(bytes.subarray(0, macBytes), this.macOf(body))) return undefined;
    const [connectionId, tenantId, userId, issuedAt, nodeId, stateful] = JSON.parse(body.toString("utf8"));
    return { connectionId, tenantId, userId, issuedAt, nodeId, stateful };
  }

  /** What a token says, if it is this principal's. It may be too old to connect with. */
  readOf(token: string, principal: Principal): ConnectionClaim | undefined {
    const claim = this.read(token);
    return claim?.tenantId === principal.tenantId && claim.userId === principal.userId ? claim : undefined;
  }

  private macOf(body: Buffer): Buffer {
    return createHmac("sha256", this.key).update(body).digest();
  }
}
