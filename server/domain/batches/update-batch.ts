import { z } from "zod";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { ensureMetadata } from "../categories/policy.ts";
import { findCategory } from "../categories/store.ts";
import type { Content } from "../notifications/lane-store.ts";
import { htmlOf } from "../notifications/policy.ts";
import { contentAliases, contentFields, personalFields } from "../notifications/schema.ts";
import { dueOf } from "./policy.ts";
import { batchSchema, presentBatch } from "./schema.ts";
import { changeBatch, lockScheduled } from "./store.ts";

const { type, template: _template, variables: _variables, ...optional } = contentFields;

export const updateBatch = mutation({
  name: "batches.update",
  summary:
    "Change a send to many that has not begun, or its time; what is left out stays, but for the HTML of a message that becomes another",
  http: { method: "PATCH", path: "/Notifications/batches/{batchId}", aliases: contentAliases },
  access: { caller: "admin", scope: "notifications:write" },
  input: z.object({ batchId: entityId, ...optional, type: type.removeDefault().optional() }),
  output: batchSchema,
  personal: personalFields,
  errors: ["conflict"],
  async handle(ctx, { batchId, scheduledFor, scheduledForLocal, ...change }) {
    const { db } = ctx.services;
    const id = requireId(batchId);
    const at = await db.now();
    return unitOfWork(db, ctx.tenantId, async (work) => {
      const row = await lockScheduled(work, ctx.tenantId, id);
      const { mailText, ...said } = row.content as unknown as Content;
      const content = { ...said, ...change };
      // By this transaction's own connection: who holds one and waits for a second waits for others who do the same.
      ensureMetadata(await findCategory(work.tx, ctx.tenantId, content.type), content.metadata ?? {});
      const moved = scheduledFor !== undefined || scheduledForLocal !== undefined;
      const times = moved
        ? { scheduledFor, scheduledForLocal }
        : { scheduledFor: row.scheduledFor?.toISOString(), scheduledForLocal: row.scheduledLocal ?? undefined };
      return presentBatch(
        await changeBatch(work, ctx.tenantId, id, {
          // A mail's text is the template's own until the text is another.
          content: {
            ...content,
            htmlContent: htmlOf(change, said) ?? undefined,
            ...(change.message === undefined ? { mailText } : {}),
          },
          scheduledFor: times.scheduledFor ? new Date(times.scheduledFor) : undefined,
          scheduledLocal: times.scheduledForLocal,
          dueAt: dueOf({ ...times, expiresAt: content.expiresAt }, at),
          now: new Date(at),
        }),
      );
    });
  },
});
