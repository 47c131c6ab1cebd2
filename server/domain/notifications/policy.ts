import { TZDate } from "@date-fns/tz";
import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { isId } from "../../ids.ts";
import type { Context } from "../../operation.ts";
import { entityId, limits } from "../../schema.ts";
import type { Changed, Content, Creation } from "./lane-store.ts";
import type { contentFields } from "./schema.ts";

type ContentInput = z.output<z.ZodObject<typeof contentFields>>;

/** What a call says, as rows hold it. A priority that was left out is Normal. */
export function toContent(input: ContentInput): Content {
  const { type, subject, message, htmlContent, summary, priority = 1, metadata, expiresAt } = input;
  return { type, subject, message, htmlContent, summary, priority, metadata, expiresAt };
}

/** When it is to appear: a time, or a time of day by the recipient's clock. Throws `invalid` for both. */
export function scheduleOf(
  input: Pick<ContentInput, "scheduledFor" | "scheduledForLocal">,
  zone: string | undefined,
): string | undefined {
  if (input.scheduledFor && input.scheduledForLocal)
    throw new DomainError("invalid", { errors: { scheduledForLocal: ["is instead of scheduledFor, not beside it"] } });
  return input.scheduledForLocal
    ? localInstant(input.scheduledForLocal, zone ?? "UTC").toISOString()
    : input.scheduledFor;
}

/** The instant at which a clock in the zone shows that time; one that a spring change leaves out is an hour later. */
export function localInstant(local: string, zone: string): Date {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = local.split(/[-T:]/).map(Number);
  return new Date(new TZDate(year, month - 1, day, hour, minute, second, zone).getTime());
}

/** The earliest instant at which a local time comes anywhere: the day begins at UTC+14. */
export function earliestInstant(local: string): Date {
  return new Date(Date.parse(`${local.length === 16 ? `${local}:00` : local}+14:00`));
}

/** Throws `invalid` for what would be gone before it is there. `now` in ms since 1970. */
export function requireSoundTimes(
  { expiresAt, scheduledFor }: { expiresAt?: string | undefined; scheduledFor?: string | undefined },
  now: number,
): void {
  if (expiresAt === undefined) return;
  const appears = Math.max(now, scheduledFor === undefined ? 0 : Date.parse(scheduledFor));
  if (Date.parse(expiresAt) <= appears)
    throw new DomainError("invalid", { errors: { expiresAt: ["must be later than when it appears"] } });
}

/** The key of a call that holds it in its own flush. */
export function idempotencyOf(
  { idempotencyKey: key, principal }: Pick<Context, "idempotencyKey" | "principal">,
  operation: string,
  bodyHash: string,
): Creation["key"] {
  if (key === undefined) return undefined;
  const caller = principal.userId === undefined ? `key:${principal.keyId ?? ""}` : `user:${principal.userId}`;
  return { key, scope: JSON.stringify([caller, operation]), bodyHash };
}

/** Whether the call may touch what belongs to any user: Admins and keys on their own may. */
export function actsForAll({ principal }: Pick<Context, "principal">): boolean {
  return principal.admin || (principal.kind === "key" && principal.userId === undefined);
}

/** Of a bulk call. */
export const notificationIds = z.array(entityId).max(limits.notificationsPerCall);

export const bulkSchema = z.object({
  changed: z.number().int(),
  notFound: z.array(z.string()).describe("Those that are not there, or not the caller's"),
});

/** The ids that a row can have, each once. */
export function toIds(ids: string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].filter(isId);
}

export function presentBulk(ids: string[], { found, changed }: Changed): z.output<typeof bulkSchema> {
  const there = new Set(found.map(({ id }) => id));
  return { changed, notFound: [...new Set(ids)].filter((id) => !there.has(id.toLowerCase())) };
}
