import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveKey } from "../config/secrets.ts";
import type { Credential, Principal, TenantId } from "./principal.ts";
import type { Scope } from "./scopes.ts";

/** Leave for one socket to listen to one reserved channel as a user. */
export interface ChannelGrant {
  socketId: string;
  channel: string;
  principal: Principal;
  /** Resume after this event id. */
  since: string | undefined;
}

const macBytes = 32;
const readerScopes: ReadonlySet<Scope> = new Set<Scope>(["events:read"]);

type Written = [
  socketId: string,
  channel: string,
  userId: string,
  kind: "user" | "key",
  credential: Credential,
  expiresAt: number | null,
  since: string | null,
];

/**
 * Grants for the channels of the log. Signed with a key of the installation's and not with the app's secret: who holds that secret
 * runs an application's channels, and reads nobody's chats. A grant says itself whose it is, so that any node can read it, and is good
 * for its socket only; whether the user is still a member is looked up when it is used.
 */
export class ChannelGrants {
  private readonly key: Buffer;

  constructor(authSecret: string) {
    this.key = deriveKey(authSecret, "channel-grant");
  }

  /** Hex, so that it has the form of any other signature. */
  sign({ socketId, channel, principal, since }: ChannelGrant): string {
    const { tenantId, userId = "", kind, credential, expiresAt } = principal;
    const written: Written = [
      ...([socketId, channel, userId, kind === "key" ? "key" : "user", credential] as const),
      ...([expiresAt ?? null, since ?? null] as const),
    ];
    const body = Buffer.from(JSON.stringify(written));
    return Buffer.concat([this.macOf(tenantId, body), body]).toString("hex");
  }

  /** What a grant of this tenant says; undefined when it was not made here. */
  read(tenantId: TenantId, grant: string): ChannelGrant | undefined {
    const bytes = Buffer.from(grant, "hex");
    const body = bytes.subarray(macBytes);
    if (body.length === 0 || !timingSafeEqual(bytes.subarray(0, macBytes), this.macOf(tenantId, body)))
      return undefined;
    const [socketId, channel, userId, kind, credential, expiresAt, since] = JSON.parse(
      body.toString("utf8"),
    ) as Written;
    return {
      socketId,
      channel,
      since: since ?? undefined,
      principal: {
        tenantId,
        kind,
        userId,
        admin: false,
        scopes: readerScopes,
        credential,
        ...(credential.type === "key" ? { keyId: credential.keyId } : {}),
        ...(expiresAt === null ? {} : { expiresAt }),
      },
    };
  }

  private macOf(tenantId: string, body: Buffer): Buffer {
    return createHmac("sha256", this.key).update(`${tenantId}\n`).update(body).digest();
  }
}
