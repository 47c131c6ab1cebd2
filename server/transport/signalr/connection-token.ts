import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Principal } from "../../auth/principal.ts";
import { deriveKey } from "../../config/secrets.ts";

/** Between negotiate and connect, in ms. */
const validMs = 120_000;
const macBytes = 32;

export interface ConnectionClaim {
  connectionId: string;
  tenantId: string;
  userId: string;
  /** ms since 1970 */
  issuedAt: number;
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
    const { connectionId, tenantId, userId, issuedAt } = claim;
    const body = Buffer.from(JSON.stringify([connectionId, tenantId, userId, issuedAt]));
    return Buffer.concat([this.macOf(body), body]).toString("base64url");
  }

  /** What a token says, if it was signed here. It may be too old to connect with. */
  read(token: string): ConnectionClaim | undefined {
    const bytes = Buffer.from(token, "base64url");
    const body = bytes.subarray(macBytes);
    if (body.length === 0 || !timingSafeEqual(bytes.subarray(0, macBytes), this.macOf(body))) return undefined;
    const [connectionId, tenantId, userId, issuedAt] = JSON.parse(body.toString("utf8"));
    return { connectionId, tenantId, userId, issuedAt };
  }

  /** The id of the connection that this principal may make with a token now; undefined when the token is not good for it. */
  redeem(token: string, principal: Principal, now: number): string | undefined {
    const claim = this.read(token);
    if (!claim || claim.tenantId !== principal.tenantId || claim.userId !== principal.userId) return undefined;
    return Math.abs(now - claim.issuedAt) <= validMs ? claim.connectionId : undefined;
  }

  private macOf(body: Buffer): Buffer {
    return createHmac("sha256", this.key).update(body).digest();
  }
}
