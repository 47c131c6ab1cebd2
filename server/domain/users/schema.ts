import { z } from "zod";
import { DomainError } from "../../errors.ts";
import type { User as UserRow } from "../../persistence/generated/client.ts";
import { emailAddress, isAccepted, isWebAddress, metadata, text, timezoneName, userId } from "../../schema.ts";

export const userSchema = z
  .object({
    userId: z.string(),
    displayName: z.string().optional(),
    avatarUrl: z.string().optional(),
    email: z.string().optional(),
    locale: z.string().optional(),
    timezone: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()),
    lastSeenAt: z.string().optional(),
    createdAt: z.string().optional().describe("Left out while nothing is stored of the user"),
    updatedAt: z.string().optional(),
  })
  .meta({ id: "User" });

export type User = z.infer<typeof userSchema>;

/** Who somebody is, as far as a profile says so, to those who share a chat with them. */
export const chatPersonSchema = z
  .object({ userId: z.string(), displayName: z.string().nullable(), avatarUrl: z.string().nullable() })
  .meta({ id: "ChatPerson" });

export type ChatPerson = z.infer<typeof chatPersonSchema>;

/** For who asks for them: to read a page without them takes one read less. */
export const peopleInput = { people: z.boolean().optional().describe("Also who they are that the page names") };

export const peopleOutput = {
  people: z
    .array(chatPersonSchema)
    .optional()
    .describe(
      "Where asked for: who they are that the page names, also who has left; not who is erased, or never known",
    ),
};

/** Users that one call asks for. */
export const mostUsers = 200;

export const userIdsInput = z
  .union([z.array(userId).max(mostUsers), z.string().max(20_000)])
  .describe("A list; in the address repeated, or separated by commas");

const wantedUsers = z.array(userId).min(1).max(mostUsers);

/** Throws invalid with what is wrong where nobody is named, or too many are. */
export function readUserIds(given: string | string[] = [], fault = `name 1 to ${mostUsers} users`): string[] {
  const wanted = wantedUsers.safeParse(typeof given === "string" ? given.split(",").filter(Boolean) : given);
  if (wanted.success) return wanted.data;
  throw new DomainError("invalid", { errors: { userIds: [fault] } });
}

export const profileFields = {
  displayName: text(200).optional(),
  avatarUrl: text(2048)
    .refine(isPicture, "must be an http, https or data:image address")
    .optional()
    .describe("An http, https or data:image address"),
  email: emailAddress.optional(),
  locale: text(35)
    .refine(isLocale, "must be a language tag like en or de-CH")
    .optional()
    .describe("A language tag like en or de-CH"),
  timezone: timezoneName.optional().describe("A time zone like Europe/Zurich"),
  metadata: metadata.optional(),
};

export type Profile = z.output<z.ZodObject<typeof profileFields>>;

export function presentUser(row: UserRow): User {
  const { displayName, avatarUrl, email, locale, timezone, lastSeenAt } = row;
  return {
    userId: row.id,
    ...(displayName !== null ? { displayName } : {}),
    ...(avatarUrl !== null ? { avatarUrl } : {}),
    ...(email !== null ? { email } : {}),
    ...(locale !== null ? { locale } : {}),
    ...(timezone !== null ? { timezone } : {}),
    metadata: row.metadata as Record<string, unknown>,
    ...(lastSeenAt ? { lastSeenAt: lastSeenAt.toISOString() } : {}),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function isLocale(tag: string): boolean {
  return isAccepted(() => Intl.getCanonicalLocales(tag));
}

/** A small picture may also be in the address itself; browsers run nothing of it in an image. */
function isPicture(address: string): boolean {
  return address.startsWith("data:image/") || isWebAddress(address);
}
