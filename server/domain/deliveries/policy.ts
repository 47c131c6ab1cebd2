import type { DeliveryChannel } from "../categories/schema.ts";
import type { DeliveryStatus } from "./schema.ts";

interface Hold {
  outcome: "hold";
  until: Date;
  rule: string;
  detail?: string;
}

/** What the person, the category and the tenant's defaults say of one delivery channel. */
export type Ruling =
  | { outcome: "send"; rule: string; detail?: string }
  | Hold
  /** `quiet`: what holds a digest whose time is now. */
  | { outcome: "fold"; until: Date; rule: string; detail?: string; quiet?: Hold | undefined }
  | { outcome: "stop"; rule: "muted" | "preference" | "default"; detail: string };

/** What has become of a notification in its owner's inbox; of one that was filed at once nothing has. */
export interface NotificationState {
  readAt: Date | null;
  archivedAt: Date | null;
  snoozedUntil: Date | null;
  expiresAt: Date | null;
}

/** Everything that a decision looks at, as it is at this moment. */
export interface DeliveryFacts {
  channel: DeliveryChannel;
  now: Date;
  /** Undefined when it is gone: deleted or withdrawn. */
  notification: NotificationState | undefined;
  ruling: Ruling;
  /** The one that the sender named, else the profile's. */
  address: string | undefined;
  /** Why the address gets no mail. */
  suppressed: string | undefined;
  /** Where mail goes: to a server, to the local catcher, nowhere. */
  way: "server" | "catcher" | "none";
}

export interface Decision {
  status: DeliveryStatus;
  rule: string;
  detail?: string;
  /** Of held and folded: until when. */
  until?: Date;
}

/**
 * Whether something goes out, and if not, why. Asked when it is planned and again before each try: what has become true meanwhile
 * (read, archived, snoozed, expired, suppressed, switched off) counts. `queued` means: now.
 */
export function decideDelivery(facts: DeliveryFacts): Decision {
  const { channel, notification, ruling, now } = facts;
  if (!notification) return { status: "cancelled", rule: "deleted" };
  if (notification.expiresAt && notification.expiresAt <= now) return { status: "expired", rule: "expired" };
  if (ruling.outcome === "stop") return { status: stopped[ruling.rule], rule: ruling.rule, detail: ruling.detail };
  if (channel === "inApp") return { status: "sent", rule: ruling.rule };
  if (notification.readAt) return { status: "read_first", rule: "read" };
  if (notification.archivedAt) return { status: "read_first", rule: "archived" };
  return decideMail(facts, notification);
}

const stopped = { muted: "muted", preference: "preference", default: "not_asked" } as const;

function decideMail(
  { ruling, address, suppressed, way, now }: DeliveryFacts,
  { snoozedUntil }: NotificationState,
): Decision {
  if (address === undefined) return { status: "no_address", rule: "address" };
  if (suppressed !== undefined) return { status: "suppressed", rule: "suppression", detail: suppressed };
  // When it is back it is decided anew: there may be quiet hours, or a digest to come.
  if (snoozedUntil && snoozedUntil > now) return { status: "held", rule: "snoozed", until: snoozedUntil };
  if (ruling.outcome === "hold" || ruling.outcome === "fold") {
    const { rule, until, detail } = ruling;
    return { status: ruling.outcome === "hold" ? "held" : "folded", rule, until, ...(detail ? { detail } : {}) };
  }
  if (way === "none") return { status: "not_configured", rule: "configuration" };
  return { status: "queued", rule: ruling.rule };
}
