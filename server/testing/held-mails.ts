import type { TenantId } from "../auth/principal.ts";
import { insertDeliveries } from "../domain/deliveries/store.ts";
import { newId } from "../ids.ts";
import type { Database } from "../persistence/database.ts";
import { tenantTransaction } from "../persistence/prisma.ts";

export interface HeldMail {
  userId: string;
  address?: string;
  status?: "held" | "folded";
  until?: Date;
  type?: string;
  readAt?: Date;
  archivedAt?: Date;
  snoozedUntil?: Date;
  expiresAt?: Date;
  gone?: boolean;
  /** Its sender named the address. */
  named?: boolean;
  /** Of the log, when it was planned. */
  epoch?: number;
}

/** Mails that wait, as the planner leaves them: until `due` unless told. */
export async function holdMails(db: Database, tenantId: TenantId, held: HeldMail[], due: Date): Promise<string[]> {
  const visibleAt = new Date("2026-07-01T22:00:00Z");
  const notes = held.map((one) => ({ id: newId(), ...one }));
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await tx.notification.createMany({
      data: notes
        .filter(({ gone }) => !gone)
        .map(({ id, userId, type = "News", named, address, ...one }, n) => ({
          ...{ tenantId, id, userId, type, visibleAt, createdAt: visibleAt },
          ...{ readAt: one.readAt ?? null, archivedAt: one.archivedAt ?? null },
          ...{ snoozedUntil: one.snoozedUntil ?? null, expiresAt: one.expiresAt ?? null },
          email: named ? (address ?? null) : null,
          ...{ subject: `Subject ${n}`, message: `Message ${n}`, status: "visible", position: BigInt(n + 1) },
        })),
    });
    await insertDeliveries(
      tx,
      tenantId,
      notes.map(({ id, userId, address = `${userId}@example.com`, type = "News", ...one }) => ({
        cause: `event:${id}`,
        ...{ userId, channel: "email" as const, kind: "notification" as const, notificationId: id, type, subject: "S" },
        ...{
          status: one.status ?? "held",
          rule: "quiet_hours",
          address,
          heldUntil: one.until ?? due,
          epoch: one.epoch ?? 1,
        },
      })),
    );
  });
  return notes.map(({ id }) => id);
}
