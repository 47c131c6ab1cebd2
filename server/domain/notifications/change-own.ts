import type { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import type { Context } from "../../operation.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { afterCommit } from "../../persistence/unit-of-work.ts";
import { limits } from "../../schema.ts";
import { judgeSnoozedAnew } from "../digests/store.ts";
import { type Change, type Changed, changeNotifications } from "./lane-store.ts";
import { type bulkSchema, presentBulk, toIds } from "./policy.ts";
import { presentOne } from "./presenter.ts";
import type { Notification } from "./schema.ts";

interface Own extends Pick<Change, "operation" | "ids" | "type" | "before" | "asOf" | "until"> {
  /** Of the page that asks: it is not told what it did itself. */
  clientId: string | undefined;
}

async function changeOwn(ctx: Context, { clientId, ...change }: Own): Promise<Changed> {
  const { db } = ctx.services;
  const userId = callerId(ctx);
  const clientHash = clientHashOf(ctx.tenantId, userId, clientId);
  const changed = await changeNotifications(db, ctx.tenantId, { ...change, userId, clientHash, now: db.moment() });
  if (change.operation === "snooze" || change.operation === "unarchive")
    await judgeMailAnew(ctx, changed, change.until);
  return changed;
}

/** The mail of what is back, or will be earlier, may have waited for a later time; the archive has no end of a snooze. */
async function judgeMailAnew(
  { services: { db }, tenantId }: Context,
  { found }: Changed,
  back?: string,
): Promise<void> {
  if (found.length === 0) return;
  const now = new Date(await db.now());
  const until = back === undefined ? now : new Date(back);
  const ids = found.map(({ id }) => id);
  await afterCommit(() =>
    tenantTransaction(db.prisma, tenantId, (tx) => judgeSnoozedAnew(tx, tenantId, ids, { now, until })),
  );
}

/** Changes one of the caller's own notifications. Throws `not_found` for what is not there or not the caller's. */
export async function changeOne(ctx: Context, notificationId: string, change: Omit<Own, "ids">): Promise<Notification> {
  const { found } = await changeOwn(ctx, { ...change, ids: [requireId(notificationId)] });
  if (!found[0]) throw new DomainError("not_found");
  return presentOne(ctx, found[0]);
}

/** Changes those of the ids that are the caller's own, and says which are not. */
export async function changeMany(
  ctx: Context,
  notificationIds: string[],
  change: Omit<Own, "ids">,
): Promise<z.output<typeof bulkSchema>> {
  return presentBulk(notificationIds, await changeOwn(ctx, { ...change, ids: toIds(notificationIds) }));
}

/**
 * Changes everything of the caller's that an operation fits, in steps that hold the tenant's head for a moment each. What comes or
 * comes back between them is none of it: nobody has seen it yet.
 */
export async function changeAll(ctx: Context, change: Omit<Own, "ids">): Promise<{ changed: number }> {
  const asOf = new Date(await ctx.services.db.now()).toISOString();
  let before: number | undefined;
  for (let total = 0; ; ) {
    const step = () => changeOwn(ctx, { ...change, before, asOf });
    const { changed, at } = await (total === 0 ? step() : afterCommit(step));
    total += changed;
    before ??= at;
    if (changed < limits.notificationsPerCall) return { changed: total };
  }
}
