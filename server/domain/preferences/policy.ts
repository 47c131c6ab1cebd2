import { type LinkGrant, readLinkToken } from "../../auth/link-token.ts";
import type { Principal, TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { DeliveryChannel, Priority } from "../categories/schema.ts";
import { type ClockTime, endOfQuiet, nextHour, nextLocal, type Weekday } from "./local-clock.ts";

export interface QuietHours {
  enabled: boolean;
  from: ClockTime;
  to: ClockTime;
}

export interface DigestRhythm {
  every: "off" | "hourly" | "daily" | "weekly";
  at: ClockTime;
  weekday: Weekday;
}

export type Switches = Partial<Record<DeliveryChannel, boolean>>;

/** All that is known of one person and one type, wherever it was said. */
export interface Facts {
  userId: string;
  type: string;
  timezone: string;
  /** The type is declared as one that nobody may unsubscribe from. */
  required: boolean;
  /** What goes out when the person chose nothing, and who says so. */
  defaults: { channels: Record<DeliveryChannel, boolean>; by: "category" | "tenant" };
  choices: { ofType: Switches; ofAll: Switches };
  quietHours: QuietHours;
  digest: DigestRhythm;
  pausedUntil: Date | null;
  /** Of the chat that the notification is about. */
  mute: "none" | "all" | "except-mentions";
}

export interface Ask {
  channel: DeliveryChannel;
  now: Date;
  priority: Priority;
  /** The sender named an address: asks for a mail whatever the defaults are. */
  asked?: boolean;
  /** The person is mentioned in what it is about. */
  mentioned?: boolean;
}

interface Hold {
  outcome: "hold";
  until: Date;
  rule: "quiet_hours" | "paused";
  detail: string;
}

/** What becomes of a notification on one channel, and the rule that says so, in words for the decision row. `quiet` holds a digest whose time is now. */
export type Decision =
  | { outcome: "send"; rule: "required" | "urgent" | "chosen" | "asked" | "default"; detail: string }
  | Hold
  | { outcome: "fold"; until: Date; rule: "digest"; detail: string; quiet?: Hold | undefined }
  | { outcome: "stop"; rule: "muted" | "preference" | "default"; detail: string };

/** Preferences are a person's own, and open to Admins and to keys on their own. Throws forbidden. */
export function ensureOwnPreferences(principal: Principal, userId: string): void {
  const keyAlone = principal.kind === "key" && principal.userId === undefined;
  const granted = keyAlone || principal.kind === "operator"; // as far as their scopes go
  if (principal.userId !== userId && !principal.admin && !granted)
    throw new DomainError("forbidden", { detail: "Preferences are a person's own" });
}

/** What the link of a mail grants. Throws not_found, also for one of another tenant. */
export function readLink(authSecret: string, tenantId: TenantId, token: string): LinkGrant {
  const grant = readLinkToken(authSecret, token);
  if (grant.tenantId !== tenantId) throw new DomainError("not_found", { detail: "The link is not valid" });
  return grant;
}

/**
 * Whether, when and how a notification goes out to one person on one channel. The order of the rules: a muted chat and a switch that is
 * off stop it; a pause, a digest and quiet hours hold what would interrupt, unless it is urgent. None of that holds for what is required:
 * it goes out where its category or its sender says so.
 */
export function decide(facts: Facts, ask: Ask): Decision {
  if (!facts.required && (facts.mute === "all" || (facts.mute === "except-mentions" && !ask.mentioned)))
    return { outcome: "stop", rule: "muted", detail: facts.mute === "all" ? "the chat" : "the chat, except mentions" };
  const wanted = judgeSwitch(facts, ask);
  if (wanted.outcome === "stop") return wanted;
  if (facts.required) return { outcome: "send", rule: "required", detail: `${facts.type} is required` };
  // An inbox interrupts nobody: what is held is what would.
  if (ask.channel === "inApp") return wanted;
  if (ask.priority === "Urgent") return { outcome: "send", rule: "urgent", detail: "urgent passes" };
  return holdBack(facts, ask.now) ?? wanted;
}

/** The person's word on the type, then on everything, then the sender's, then the default. A no to what is required is no word. */
function judgeSwitch({ type, choices, defaults, required }: Facts, { channel, asked }: Ask): Decision {
  const chosen = choices.ofType[channel] ?? choices.ofAll[channel];
  const about = choices.ofType[channel] === undefined ? "everything" : type;
  if (chosen === false && !required)
    return { outcome: "stop", rule: "preference", detail: `${about}, ${channel}: off` };
  if (chosen === true) return { outcome: "send", rule: "chosen", detail: `${about}, ${channel}: on` };
  if (channel === "email" && asked) return { outcome: "send", rule: "asked", detail: "the sender named an address" };
  const detail = `${defaults.by === "category" ? `category ${type}` : "tenant"}, ${channel}`;
  return { outcome: defaults.channels[channel] ? "send" : "stop", rule: "default", detail };
}

function holdBack(facts: Facts, now: Date): Decision | undefined {
  const { timezone: zone, pausedUntil, digest } = facts;
  if (pausedUntil && pausedUntil > now)
    return { outcome: "hold", until: afterQuiet(facts, pausedUntil), rule: "paused", detail: "paused by the person" };
  const quiet = holdQuiet(facts, now);
  if (digest.every === "off") return quiet;
  const until = afterQuiet(facts, nextDigest(zone, digest, now));
  return { outcome: "fold", until, rule: "digest", detail: sayRhythm(digest, zone), quiet };
}

function holdQuiet(facts: Facts, now: Date): Hold | undefined {
  const until = afterQuiet(facts, now);
  if (until <= now) return undefined;
  const { from, to } = facts.quietHours;
  return { outcome: "hold", until, rule: "quiet_hours", detail: `${from} to ${to}, ${facts.timezone}` };
}

/** A time, or the end of the quiet hours it lies in. */
function afterQuiet({ quietHours, timezone }: Facts, at: Date): Date {
  return (quietHours.enabled ? endOfQuiet(timezone, quietHours, at) : undefined) ?? at;
}

function nextDigest(zone: string, { every, at, weekday }: DigestRhythm, now: Date): Date {
  if (every === "hourly") return nextHour(zone, now);
  return nextLocal(zone, at, now, every === "weekly" ? weekday : undefined);
}

function sayRhythm({ every, at, weekday }: DigestRhythm, zone: string): string {
  if (every === "hourly") return "every hour";
  return every === "daily" ? `every day at ${at}, ${zone}` : `every ${weekday} at ${at}, ${zone}`;
}

/** A time as a mail shows it to somebody in a zone: `26 Nov, 09:12`. */
export function sayTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}
