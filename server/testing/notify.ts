import type { TenantId } from "../auth/principal.ts";
import type { Database } from "../persistence/database.ts";
import { unitOfWork } from "../persistence/unit-of-work.ts";

export interface TestNotification {
  userId: string;
  email?: string | null;
  type?: string;
  subject?: string;
  message?: string;
  htmlContent?: string;
  expiresAt?: Date;
  readAt?: Date;
  archivedAt?: Date;
  snoozedUntil?: Date;
}

/** Notifications with their events, many at a time, as their noun makes them; returns their ids. */
export async function notify(db: Database, tenantId: TenantId, news: TestNotification[]): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < news.length; at += 500)
    await unitOfWork(db, tenantId, async ({ tx, lockHead, emit }) => {
      const base = await lockHead();
      const rows = news.slice(at, at + 500).map((one, index) => ({
        tenantId,
        id: crypto.randomUUID(),
        type: "Welcome",
        subject: "Hello",
        message: "Hello there",
        status: "visible",
        createdAt: new Date(),
        position: base + index + 1,
        ...one,
      }));
      await tx.notification.createMany({ data: rows });
      for (const { id, userId, type } of rows)
        emit({ type: "notification.created", userId, payload: { id, userId, type } });
      ids.push(...rows.map((row) => row.id));
    });
  return ids;
}
