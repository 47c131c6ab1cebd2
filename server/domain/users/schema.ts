import { z } from "zod";
import type { User as UserRow } from "../../persistence/generated/client.ts";
import { emailAddress, isAccepted, isWebAddress, metadata, text, timezoneName } from "../../schema.ts";

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
