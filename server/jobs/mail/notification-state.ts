import type { NotificationState } from "../../domain/deliveries/policy.ts";
import type { ClaimedMail } from "./mail-store.ts";

/** A digest is of no one notification, and is neither read nor over. */
const ofNone = { readAt: null, archivedAt: null, snoozedUntil: null, expiresAt: null };

/** What has become of a mail's notification; undefined when it is gone. An operator who asks for it again knows what its owner did with it. */
export function stateOf({ notification, notificationId, round }: ClaimedMail): NotificationState | undefined {
  const told = notification ?? (notificationId === null ? ofNone : undefined);
  if (!told) return undefined;
  const { readAt, archivedAt, snoozedUntil } = round > 0 ? ofNone : told;
  return {
    readAt: toDate(readAt),
    archivedAt: toDate(archivedAt),
    snoozedUntil: toDate(snoozedUntil),
    expiresAt: toDate(told.expiresAt),
  };
}

function toDate(text: string | null): Date | null {
  return text ? new Date(text) : null;
}
