import { createHmac, randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { decryptSecret, deriveKey } from "../config/secrets.ts";
import { sameText } from "./mac.ts";

/** What webhooks of an app can be told of. */
export const webhookEvents = [
  "channel_occupied",
  "channel_vacated",
  "member_added",
  "member_removed",
  "client_event",
  "cache_miss",
  "subscription_count",
] as const;

/** A tenant as a Pusher app, as connections and calls are checked against it. */
export interface PusherApp {
  appId: string;
  key: string;
  secret: string;
  enabled: boolean;
  clientEvents: boolean;
  subscriptionCounts: boolean;
  batchWebhooks: boolean;
  webhooks: { url: string; events: string[] }[];
}

const storedApp = z.object({
  appId: z.string(),
  key: z.string(),
  secret: z.string(),
  enabled: z.boolean(),
  clientEvents: z.boolean(),
  subscriptionCounts: z.boolean(),
  batchWebhooks: z.boolean(),
  webhooks: z.array(z.object({ url: z.string(), events: z.array(z.string()) })),
});

const keyForm = /^([a-z0-9-]{1,63})-[0-9a-f]{20}$/;

/** New credentials. The tenant stands in the key, so that it is known before any look-up, as with API keys. */
export function makePusherCredentials(tenantId: string): Pick<PusherApp, "key" | "secret"> {
  return { key: `${tenantId}-${randomBytes(10).toString("hex")}`, secret: randomBytes(20).toString("hex") };
}

/** Decimal, because server SDKs read it as a number. The key says whose it is, so two tenants may have the same. */
export function makePusherAppId(): string {
  return String(randomInt(1_000_000, 1_000_000_000));
}

/** The tenant that a key names; undefined when it is no key of ours. */
export function tenantOfPusherKey(key: string): string | undefined {
  return keyForm.exec(key)?.[1];
}

export function pusherSecretKey(authSecret: string): Buffer {
  return deriveKey(authSecret, "stored-secrets");
}

/** What binds a stored secret to its row. */
export function pusherSecretContext(tenantId: string): string {
  return `pusher-app:${tenantId}`;
}

/** Reads a stored app. Throws Error when its secret was stored under another AUTH_SECRET. */
export function readPusherApp(tenantId: string, stored: unknown, secretKey: Buffer): PusherApp {
  const app = storedApp.parse(stored);
  return { ...app, secret: decryptSecret(secretKey, app.secret, pusherSecretContext(tenantId)) };
}

/** HMAC-SHA256 in hex: every signature of the protocol (protocols.md B5, B10, B11). */
export function pusherSignature(secret: string, text: string | Buffer): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** `<key>:<hex>` of what a client asks for. */
export function pusherAuth(app: Pick<PusherApp, "key" | "secret">, text: string): string {
  return `${app.key}:${pusherSignature(app.secret, text)}`;
}

/** Whether an `auth` was made with this app's key and secret for exactly this text. */
export function isPusherAuth(app: Pick<PusherApp, "key" | "secret">, auth: string, text: string): boolean {
  return sameText(auth, pusherAuth(app, text));
}
