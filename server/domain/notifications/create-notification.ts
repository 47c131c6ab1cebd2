import { z } from "zod";
import { bodyHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { findHeldDespite } from "../../persistence/unit-of-work.ts";
import { type Created, type Creation, createNotification as storeNotification, untilStored } from "./lane-store.ts";
import { filingOf, idempotencyOf, readContent, requireSoundTimes, scheduleOf } from "./policy.ts";
import {
  contentAliases,
  notificationFields,
  notificationSchema,
  personalFields,
  presentNotification,
  type StoredNotification,
} from "./schema.ts";
import { findZones } from "./store.ts";

const inputSchema = z.object(notificationFields);

export const createNotification = mutation({
  name: "notifications.create",
  summary: "Tell a user something, now or at a time",
  http: { method: "POST", path: "/Notifications", status: 201, aliases: contentAliases },
  access: { caller: "admin", scope: "notifications:write" },
  input: inputSchema,
  output: notificationSchema,
  personal: [...personalFields, "variables", "email"],
  errors: ["idempotency_running", "idempotency_reused", "outcome-unknown"],
  ownIdempotency: true,
  async handle(ctx, input) {
    const key = idempotencyOf(ctx, "notifications.create", bodyHashOf(input));
    const { notification, replayed } = await create(ctx, input, key).catch(async (refusal: unknown) => ({
      notification: await findFirst(ctx, key, refusal),
      replayed: true,
    }));
    if (replayed) ctx.reply.headers["Idempotent-Replayed"] = "true";
    const asked = { email: { status: "pending", at: notification.createdAt } };
    return presentNotification(notification, input.email === undefined ? {} : asked);
  },
});

type Input = z.output<typeof inputSchema>;

/** Once more for somebody whose clock became another meanwhile. */
async function create(ctx: Context, input: Input, key: Creation["key"]): Promise<Created> {
  const { db } = ctx.services;
  for (;;) {
    const creation = { ...(await readCreation(ctx, input)), id: newId(), key, now: db.moment() };
    const stored = await storeNotification(db, ctx.tenantId, creation);
    if (stored !== "moved") return stored;
  }
}

/** Throws `invalid` for what its template, its category or the time does not allow. */
async function readCreation(ctx: Context, input: Input) {
  const { db } = ctx.services;
  const zones = input.scheduledForLocal
    ? await findZones(db.forTenant(ctx.tenantId), ctx.tenantId, [input.userId])
    : undefined;
  const zone = zones?.(input.userId);
  const scheduledFor = scheduleOf(input, zone);
  const { expiresAt, userId, email } = input;
  if (expiresAt !== undefined) requireSoundTimes({ expiresAt, scheduledFor }, await db.now());
  const { content, rules } = await readContent(ctx, input, [userId]);
  const filed = filingOf(rules, content.type)(userId);
  return { userId, content, filed, email, scheduledFor, scheduledLocal: input.scheduledForLocal, zone };
}

/**
 * What a first call with the key stored, or is about to: its repeat may be refused by now, by its time or its template. Throws the
 * refusal without one.
 */
async function findFirst(ctx: Context, key: Creation["key"], refusal: unknown): Promise<StoredNotification> {
  if (!key || !(refusal instanceof DomainError) || refusal.code !== "invalid") throw refusal;
  const asIs = (answer: unknown) => answer;
  const call = { ...key, status: 201, seal: asIs, open: asIs };
  const { db } = ctx.services;
  await untilStored(db, ctx.tenantId, key);
  const { answer } = await findHeldDespite(refusal, db, ctx.tenantId, call, { behindHead: true });
  return answer as StoredNotification;
}
