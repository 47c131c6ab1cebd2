import type { Context } from "../../operation.ts";
import { listInForms, readIdCursor } from "../../persistence/cursor-form.ts";
import type { Notification as NotificationRow } from "../../persistence/generated/client.ts";
import { findDeliverySummaries } from "../deliveries/store.ts";
import { findDisplayNames } from "../users/store.ts";
import { type Notification, presentNotification, type StoredNotification } from "./schema.ts";
import { type AllQuery, countNotifications, listAll, loadNotifications } from "./store.ts";

/** Notifications with what became of their mails. */
export async function presentNotifications(
  { services: { db }, tenantId }: Pick<Context, "services" | "tenantId">,
  stored: StoredNotification[],
): Promise<Notification[]> {
  const deliveries = await findDeliverySummaries(
    db,
    tenantId,
    stored.map(({ id }) => id),
  );
  return stored.map((one) => presentNotification(one, deliveries.get(one.id)));
}

/** One notification with what became of its mail. */
export async function presentOne(
  ctx: Pick<Context, "services" | "tenantId">,
  stored: StoredNotification,
): Promise<Notification> {
  const [shown] = await presentNotifications(ctx, [stored]);
  return shown ?? presentNotification(stored);
}

interface Forms {
  pageNumber?: number | undefined;
  pageSize?: number | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

/** Notifications of the whole tenant in both forms of a list, newest first; cursors are ids. Throws `cursor_invalid`. */
export async function listAllForms<T>(
  ctx: Context,
  query: AllQuery,
  forms: Forms,
  show: (notification: Notification, row: NotificationRow) => T,
) {
  const { db } = ctx.services;
  return listInForms(forms, {
    onward: "before",
    read: readIdCursor,
    load: (span) => listAll(db, ctx.tenantId, { ...query, ...span }),
    write: ({ id }) => id,
    count: () => countNotifications(db, ctx.tenantId, query),
    present: (rows) => present(ctx, rows, show),
  });
}

async function present<T>(
  ctx: Context,
  rows: NotificationRow[],
  show: (notification: Notification, row: NotificationRow) => T,
): Promise<T[]> {
  const ids = rows.map(({ id }) => id);
  const stored = await loadNotifications(ctx.services.db.pool, ctx.tenantId, ids);
  const shown = await presentNotifications(ctx, [...stored.values()]);
  const byId = new Map(shown.map((one) => [one.id, one]));
  return rows.flatMap((row) => {
    const one = byId.get(row.id);
    return one ? [show(one, row)] : []; // deleted between the two looks
  });
}

/** What only those who run the tenant may see of it. */
export function presentForAdmin(notification: Notification, row: NotificationRow) {
  return {
    ...notification,
    ...(row.email === null ? {} : { email: row.email }),
    ...(row.mailText === null ? {} : { mailText: row.mailText }),
    ...(row.template === null ? {} : { template: row.template as { name: string; version: number } }),
    ...(row.scheduledLocal === null ? {} : { scheduledForLocal: row.scheduledLocal }),
    ...(row.batchId === null ? {} : { batchId: row.batchId }),
    ...(row.chatId === null ? {} : { chatId: row.chatId }),
  };
}

/** Notifications with the names of those whom they are for, where a profile says one. */
export async function withRecipients<T extends { userId: string }>(
  { services: { db }, tenantId }: Pick<Context, "services" | "tenantId">,
  notifications: T[],
): Promise<(T & { recipientName?: string })[]> {
  const userIds = notifications.map(({ userId }) => userId);
  const names = await findDisplayNames(db, tenantId, userIds);
  return notifications.map((one) => {
    const recipientName = names.get(one.userId);
    return recipientName === undefined ? one : { ...one, recipientName };
  });
}
