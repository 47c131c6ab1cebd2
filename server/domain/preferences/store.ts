import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type {
  Category as CategoryRow,
  Preference as ChoiceRow,
  Tenant as TenantRow,
  PreferenceTiming as TimingRow,
  User as UserRow,
} from "../../persistence/generated/client.ts";
import { clockOf, type TenantTransaction } from "../../persistence/prisma.ts";
import { type DeliveryChannel, deliveryChannels } from "../categories/schema.ts";
import { listAllCategories } from "../categories/store.ts";
import { everyType, maxChoices } from "./schema.ts";

/** What is stored of one person, and of all that it stands on. */
export interface StoredPreferences {
  tenant: TenantRow;
  categories: CategoryRow[];
  choices: ChoiceRow[];
  timing: TimingRow | undefined;
  profile: UserRow | undefined;
}

/** A chat's mute, as a member set it. */
export interface MuteRow {
  notifyMute: string;
  notifyUntil: Date | null;
}

/** What the tenant says of notifications of some types. */
export interface StoredRules {
  tenant: TenantRow;
  categories: Map<string, CategoryRow>;
}

export type StoredChoice = Pick<ChoiceRow, "type" | "channel" | "enabled">;
export type StoredTiming = Omit<TimingRow, "tenantId" | "userId" | "updatedAt">;

/** What a person, and whoever else is told for the same reasons, has said of notifications of a type, about a chat where they are about one. */
export interface Said {
  /** Of the profile. */
  timezone: string | null;
  timing: StoredTiming | null;
  choices: StoredChoice[];
  mute: MuteRow;
}

/** The same of many people, for notifications of some types, about some chats. */
export interface StoredFacts extends StoredRules {
  choices: Map<string, StoredChoice[]>;
  timings: Map<string, StoredTiming>;
  profiles: Map<string, Pick<UserRow, "timezone">>;
  /** By `chatId/userId` */
  mutes: Map<string, MuteRow>;
}

export async function readPreferences(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
): Promise<StoredPreferences> {
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const categories = await listAllCategories(tx, tenantId);
  const choices = await tx.preference.findMany({ where: { tenantId, userId }, orderBy: { type: "asc" } });
  const timing = await tx.preferenceTiming.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
  const profile = await tx.user.findUnique({ where: { tenantId_id: { tenantId, id: userId } } });
  return { tenant, categories, choices, timing: timing ?? undefined, profile: profile ?? undefined };
}

export async function readRules(tx: TenantTransaction, tenantId: TenantId, types: string[]): Promise<StoredRules> {
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const categories = await tx.category.findMany({ where: { tenantId, type: { in: types } } });
  return { tenant, categories: new Map(categories.map((row) => [row.type, row])) };
}

/** A handful of reads whatever their number; for at most a thousand people at once. */
export async function readFacts(
  tx: TenantTransaction,
  tenantId: TenantId,
  asked: { userIds: string[]; types: string[]; chatIds: string[] },
): Promise<StoredFacts> {
  const { userIds, types, chatIds } = asked;
  const people = { tenantId, userId: { in: userIds } };
  const rules = await readRules(tx, tenantId, types);
  const choices = await tx.preference.findMany({ where: { ...people, type: { in: [...types, everyType] } } });
  const timings = await tx.preferenceTiming.findMany({ where: people });
  const profiles = await tx.user.findMany({ where: { tenantId, id: { in: userIds } } });
  const muted = { ...people, chatId: { in: chatIds }, notifyMute: { not: "none" } };
  const select = { userId: true, chatId: true, notifyMute: true, notifyUntil: true };
  const mutes = chatIds.length === 0 ? [] : await tx.member.findMany({ where: muted, select });
  return {
    ...rules,
    choices: groupByUser(choices),
    timings: new Map(timings.map((row) => [row.userId, row])),
    profiles: new Map(profiles.map((row) => [row.id, row])),
    mutes: new Map(mutes.map((row) => [`${row.chatId}/${row.userId}`, row])),
  };
}

function groupByUser(rows: ChoiceRow[]): Map<string, ChoiceRow[]> {
  const groups = new Map<string, ChoiceRow[]>();
  for (const row of rows) groups.set(row.userId, [...(groups.get(row.userId) ?? []), row]);
  return groups;
}

export interface Choice {
  type: string;
  channel: DeliveryChannel;
  /** Undefined: back to the default. */
  enabled: boolean | undefined;
  /** Of a no by a link: what it takes the place of; null where that is not known. */
  before?: string | null;
}

/**
 * Stores what a person chose; said twice, the last counts. Throws conflict when that would be more types than anybody needs, unless it is
 * chosen by the link of a mail: who gets mail can always say no to it, and each type there is one that the tenant sent.
 */
export async function saveChoices(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  choices: Choice[],
  { byLink = false }: { byLink?: boolean } = {},
): Promise<void> {
  await lockUser(tx, tenantId, userId);
  const latest = new Map(choices.map((choice) => [`${choice.channel} ${choice.type}`, choice]));
  let gone = 0;
  for (const channel of deliveryChannels) {
    const types = [...latest.values()].filter((choice) => choice.channel === channel).map(({ type }) => type);
    gone += (await tx.preference.deleteMany({ where: { tenantId, userId, channel, type: { in: types } } })).count;
  }
  const updatedAt = await clockOf(tx); // mail on its way compares it with when it was planned
  const rows = [...latest.values()].flatMap(({ type, channel, enabled, before = null }) =>
    enabled === undefined ? [] : [{ tenantId, userId, type, channel, enabled, before, updatedAt }],
  );
  await tx.preference.createMany({ data: rows });
  // A row that is gone cannot say when, so that of the person's times does: mail on its way looks at both.
  if (rows.length < latest.size) await saveTiming(tx, tenantId, userId, {});
  // Who has more than that by links can still change it.
  if (!byLink && rows.length > gone && (await tx.preference.count({ where: { tenantId, userId } })) > maxChoices)
    throw new DomainError("conflict", { detail: `A person can choose for at most ${maxChoices} types and channels` });
}

/** A yes to one type that went with a no to all: what took it away brings it back. */
export const yesBeforeAll = "on, until all";

/**
 * Stores a no to mails of a type, by a link of one, with what it takes the place of. However often it is said, that is what was before the
 * first. A no to all is one to each type that the person has said yes to, too, which would come before it.
 */
export async function saveUnsubscription(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  type: string,
): Promise<void> {
  await lockUser(tx, tenantId, userId);
  const where = { tenantId_userId_type_channel: { tenantId, userId, type, channel: "email" } };
  const was = await tx.preference.findUnique({ where });
  const no = { channel: "email" as const, enabled: false };
  const wanted = was?.enabled || was?.before === yesBeforeAll;
  const choices: Choice[] = [{ ...no, type, before: wanted ? "on" : was ? was.before : "default" }];
  if (type === everyType)
    for (const chosen of await findWanted(tx, tenantId, userId))
      choices.push({ ...no, type: chosen, before: yesBeforeAll });
  await saveChoices(tx, tenantId, userId, choices, { byLink: true });
}

/** Types that a person has said yes to by mail, but for those that nobody can say no to. */
async function findWanted(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<string[]> {
  const where = { tenantId, userId, channel: "email", enabled: true, type: { not: everyType } };
  const types = (await tx.preference.findMany({ where, select: { type: true } })).map(({ type }) => type);
  const required = await tx.category.findMany({ where: { tenantId, type: { in: types }, required: true } });
  return types.filter((type) => !required.some((category) => category.type === type));
}

/** Null puts a field back to the tenant's default; what is left out stays. */
export type TimingChanges = Partial<StoredTiming>;

export async function saveTiming(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  changes: TimingChanges,
): Promise<void> {
  await lockUser(tx, tenantId, userId);
  const data = { ...changes, updatedAt: await clockOf(tx) };
  await tx.preferenceTiming.upsert({
    where: { tenantId_userId: { tenantId, userId } },
    create: { tenantId, userId, ...data },
    update: data,
  });
}

/** Changes of one person's come one after the other. Hand-written SQL: Prisma has no lock of this kind. */
async function lockUser(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const name = JSON.stringify([tenantId, "preferences", userId]);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}
