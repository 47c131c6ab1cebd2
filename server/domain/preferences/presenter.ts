import { type LinkGrant, signLinkToken } from "../../auth/link-token.ts";
import type {
  Category as CategoryRow,
  Preference as ChoiceRow,
  Tenant as TenantRow,
  User as UserRow,
} from "../../persistence/generated/client.ts";
import { builtInTypes, type DeliveryChannel, deliveryChannels } from "../categories/schema.ts";
import { type TenantSettings, tenantSettingsSchema } from "../tenants/schema.ts";
import type { DigestRhythm, Facts, QuietHours, Switches } from "./policy.ts";
import { everyType, type Preferences } from "./schema.ts";
import type { StoredChoice, StoredFacts, StoredPreferences, StoredTiming } from "./store.ts";

type Profile = Pick<UserRow, "timezone">;

/** What a person's timing comes to, over the tenant's defaults. */
function timingOf(settings: TenantSettings, timing: StoredTiming | undefined, profile: Profile | undefined) {
  const { quietHours, digest } = settings.notifications;
  const quiet: QuietHours = {
    enabled: timing?.quiet ?? quietHours.enabled,
    from: timing?.quietFrom ?? quietHours.from,
    to: timing?.quietTo ?? quietHours.to,
  };
  const rhythm: DigestRhythm = {
    every: (timing?.digestEvery as DigestRhythm["every"] | null | undefined) ?? digest.every,
    at: timing?.digestAt ?? digest.at,
    weekday: (timing?.digestWeekday as DigestRhythm["weekday"] | null | undefined) ?? digest.weekday,
  };
  const timezone = timing?.timezone ?? profile?.timezone ?? settings.timezone;
  return { timezone, quietHours: quiet, digest: rhythm, pausedUntil: timing?.pausedUntil ?? null };
}

/** Where notifications of a type go whose person chose nothing, and who says so. */
export function defaultsOf(
  settings: TenantSettings,
  type: string,
  category: CategoryRow | undefined,
): Facts["defaults"] {
  const declared = category ?? builtInTypes.get(type);
  if (!declared) return { channels: settings.notifications.channels, by: "tenant" };
  const { channels } = declared;
  return { channels: { inApp: channels.includes("inApp"), email: channels.includes("email") }, by: "category" };
}

function switchesOf(choices: StoredChoice[], type: string): Switches {
  return Object.fromEntries(
    choices.filter((choice) => choice.type === type).map(({ channel, enabled }) => [channel, enabled]),
  );
}

/** What is stored as facts for `decide`, one a question, in its order. */
export function presentFacts(
  stored: StoredFacts,
  asks: { userId: string; type: string; chatId?: string | undefined }[],
  now: Date,
): Facts[] {
  const settings = tenantSettingsSchema.parse(stored.tenant.settings);
  return asks.map(({ userId, type, chatId }) => {
    const profile = stored.profiles.get(userId);
    const category = stored.categories.get(type);
    const choices = stored.choices.get(userId) ?? [];
    return {
      userId,
      type,
      required: category?.required ?? false,
      defaults: defaultsOf(settings, type, category),
      choices: { ofType: switchesOf(choices, type), ofAll: switchesOf(choices, everyType) },
      ...timingOf(settings, stored.timings.get(userId), profile),
      mute: chatId === undefined ? "none" : muteOf(stored, userId, chatId, now),
    };
  });
}

function muteOf({ mutes }: StoredFacts, userId: string, chatId: string, now: Date): Facts["mute"] {
  const row = mutes.get(`${chatId}/${userId}`);
  if (!row || (row.notifyUntil !== null && row.notifyUntil <= now)) return "none";
  return row.notifyMute as Facts["mute"];
}

interface Presenting {
  userId: string;
  /** A type to show even if nothing is known of it: the one that a mail was about. */
  also?: string | undefined;
  now: Date;
  baseUrl: string;
  authSecret: string;
}

/** The page of preferences: what comes of it all, beside what was chosen. */
export function presentPreferences(stored: StoredPreferences, grant: LinkGrant, how: Presenting): Preferences {
  const { tenant, categories, choices, timing, profile } = stored;
  const settings = tenantSettingsSchema.parse(tenant.settings);
  const { pausedUntil, ...times } = timingOf(settings, timing, profile);
  const declared = new Map(categories.map((row) => [row.type, row]));
  const others = new Set([...choices.map(({ type }) => type), ...(how.also === undefined ? [] : [how.also])]);
  const types = [everyType, ...declared.keys(), ...builtInTypes.keys(), ...[...others].sort()];
  return {
    userId: how.userId,
    tenantName: tenant.name,
    branding: brandOf(tenant, settings),
    ...times,
    ...(pausedUntil && pausedUntil > how.now ? { pausedUntil: pausedUntil.toISOString() } : {}),
    categories: [...new Set(types)].map((type) => presentType(settings, choices, type, declared.get(type))),
    link: linkOf(how, grant),
  };
}

/** What hosted pages and mails show of a tenant. */
export function brandOf(tenant: TenantRow, { branding }: TenantSettings): Preferences["branding"] {
  return { ...branding, name: branding.name ?? tenant.name };
}

export function linkOf({ baseUrl, authSecret }: Pick<Presenting, "baseUrl" | "authSecret">, grant: LinkGrant): string {
  return `${baseUrl}/u/${signLinkToken(authSecret, grant)}`;
}

export function titleOf(type: string, category: { title: string } | null | undefined): string {
  return category?.title ?? builtInTypes.get(type)?.title ?? (type === everyType ? "Everything else" : type);
}

/** What the link of a mail is about: that of a digest is about all of them. */
export function titleOfLink(type: string, category: { title: string } | null | undefined): string {
  return type === everyType ? "All mail" : titleOf(type, category);
}

function presentType(
  settings: TenantSettings,
  choices: ChoiceRow[],
  type: string,
  category: CategoryRow | undefined,
): Preferences["categories"][number] {
  const own = switchesOf(choices, type);
  const ofAll = switchesOf(choices, everyType);
  const required = category?.required ?? false;
  const description = category ? category.description : builtInTypes.get(type)?.description;
  const defaults = defaultsOf(settings, type, category).channels;
  const isOn = (usual: boolean, word: boolean | undefined) => (required ? usual || word === true : (word ?? usual));
  const present = (channel: DeliveryChannel) => ({
    enabled: isOn(defaults[channel], own[channel] ?? ofAll[channel]),
    choice: own[channel] === undefined ? ("default" as const) : own[channel] ? ("on" as const) : ("off" as const),
    locked: required,
  });
  const [inApp, email] = deliveryChannels.map(present);
  return {
    type,
    title: titleOf(type, category),
    ...(description ? { description } : {}),
    required,
    channels: { inApp: inApp!, email: email! },
  };
}
