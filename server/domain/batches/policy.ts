import { DomainError } from "../../errors.ts";
import { earliestInstant, latestInstant, requireSoundTimes } from "../notifications/policy.ts";

interface Times {
  scheduledFor?: string | undefined;
  scheduledForLocal?: string | undefined;
  expiresAt?: string | undefined;
}

/**
 * When a send to many begins; by each one's own clock the first of them may be at UTC+14, and the last at UTC-12 has to be before it
 * expires. `now` in ms since 1970. Throws `invalid`.
 */
export function dueOf({ scheduledFor, scheduledForLocal: local, expiresAt }: Times, now: number): Date {
  if (scheduledFor && local)
    throw new DomainError("invalid", {
      errors: { scheduledForLocal: ["is instead of scheduledFor, not beside it"] },
    });
  requireSoundTimes({ expiresAt, scheduledFor: local ? latestInstant(local).toISOString() : scheduledFor }, now);
  return new Date(
    Math.max(now, local ? earliestInstant(local).getTime() : scheduledFor ? Date.parse(scheduledFor) : 0),
  );
}
