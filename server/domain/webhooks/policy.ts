import { randomBytes } from "node:crypto";
import ipaddr from "ipaddr.js";
import { Webhook } from "standardwebhooks";
import { decryptSecret, deriveKey, encryptSecret } from "../../config/secrets.ts";
import { DomainError } from "../../errors.ts";
import { type LogEvent, toEnvelope } from "../../events.ts";
import { isId } from "../../ids.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The waits after each try that failed, as Standard Webhooks 1.0 has them: ten tries in three days. */
export const retryDelays: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** How much an endpoint is borne with; ms. */
export interface WebhookPatience {
  delays: readonly number[];
  /** A delivery is taken again when its worker was not heard of for so long: longer than a request may take. */
  lease: number;
  /** A worker whose requests to an endpoint hang turns to others after so long, and leaves them hanging. */
  slot: number;
  /** After so many failures in a row the endpoint is tried with one delivery at a time … */
  trouble: number;
  /** … and let be for so long between them, twice as long each time, at most ten times. */
  pause: number;
  /** Where nothing got through for so long, it is disabled. */
  disableAfter: number;
}

export const webhookPatience: WebhookPatience = {
  delays: retryDelays,
  lease: minute,
  slot: second / 2,
  trouble: 10,
  pause: 30 * second,
  disableAfter: 5 * 24 * hour,
};

/** Requests to one endpoint at once, over all workers. */
export const width = 4;

/** Of a delivery whose event the log has let go of; as `retain_webhooks_v3` says it. */
export const eventGone = "The event is no longer kept, so it can be neither sent nor replayed";

/** What an endpoint may ask for by Retry-After at most. */
const longestAsked = 24 * hour;

/**
 * When a delivery is tried again after so many tries; undefined when it is given up. Up to a tenth is added by chance, so that what
 * failed together does not come back together.
 */
export function nextTry(
  attempts: number,
  { delays }: Pick<WebhookPatience, "delays">,
  now: number,
  retryAfter = 0,
): Date | undefined {
  const delay = delays[attempts - 1];
  if (delay === undefined) return undefined;
  return new Date(now + Math.max(delay * (1 + Math.random() / 10), Math.min(retryAfter, longestAsked)));
}

/** A new secret: 256 bits in the form of Standard Webhooks. */
export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

interface Owner {
  tenantId: string;
  id: string;
  authSecret: string;
}

export function sealWebhookSecret({ tenantId, id, authSecret }: Owner, secret: string): string {
  return encryptSecret(deriveKey(authSecret, "stored-secrets"), secret, `webhook:${tenantId}:${id}`);
}

/** Throws Error when it was sealed under another AUTH_SECRET. */
export function openWebhookSecret({ tenantId, id, authSecret }: Owner, sealed: string): string {
  return decryptSecret(deriveKey(authSecret, "stored-secrets"), sealed, `webhook:${tenantId}:${id}`);
}

/** The chat that an event is of. */
export function chatOf({ chatId, payload }: Pick<LogEvent, "chatId" | "payload">): string | undefined {
  const named = chatId ?? payload.chatId;
  return typeof named === "string" && isId(named) ? named : undefined;
}

/** Whether an endpoint's filters let an event through. How somebody has muted a chat for themselves is no tenant's business. */
export function asksFor({ types, chatId }: { types: string[]; chatId: string | null }, event: LogEvent): boolean {
  if (event.type === "member.updated" && event.userId !== undefined) return false;
  return (types.length === 0 || types.includes(event.type)) && (chatId === null || chatOf(event) === chatId);
}

/** What an endpoint gets of an event: the envelope that every protocol shows, and the time under the name that Standard Webhooks gives it. */
export function bodyOf(event: LogEvent, eventId: string): string {
  return JSON.stringify({ ...toEnvelope(event, eventId), timestamp: event.at });
}

/** The headers of Standard Webhooks 1.0, with a signature by each of the secrets that count now. */
export function signedHeaders(secrets: string[], id: string, body: string, now: Date): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "Parley-Webhooks/1.0",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
  };
}

/**
 * Refuses an address of which it is plain already that every try would be refused (`jobs/post-signed.ts`). What a name stands for is judged
 * when a try connects: it may change. Throws invalid.
 * @param field of the call, where the address is
 */
export function ensureReachable(address: string, allowPrivateNetworks: boolean, field: string): void {
  if (allowPrivateNetworks) return;
  const fault = faultOf(new URL(address));
  if (fault) throw new DomainError("invalid", { errors: { [field]: [fault] } });
}

function faultOf({ protocol, hostname }: URL): string | undefined {
  if (protocol !== "https:") return "must be an https address";
  const host = hostname.replace(/^\[|\]$/g, "");
  const isHere = /(^|\.)localhost\.?$/.test(host);
  const isPrivate = isHere || (ipaddr.isValid(host) && ipaddr.parse(host).range() !== "unicast");
  return isPrivate ? "must not be a private address" : undefined;
}
