import { z } from "zod";
import { callerId } from "../../caller.ts";
import { mutation } from "../../operation.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { changePreferences } from "./change-preferences.ts";
import { ensureOwnPreferences } from "./policy.ts";
import { presentPreferences } from "./presenter.ts";
import { everyType, ofUser, preferenceChanges, preferencesSchema } from "./schema.ts";
import { readPreferences } from "./store.ts";

export const putPreferences = mutation({
  name: "preferences.put",
  summary: "Choose what goes out to a person, when and how; what is left out stays",
  http: {
    method: "PUT",
    path: "/preferences",
    also: [{ method: "PUT", path: "/Users/{userId}/preferences" }],
  },
  access: { caller: "user-or-key", scope: "users:write" },
  input: z.object({ ...ofUser, ...preferenceChanges }),
  output: preferencesSchema,
  personal: Object.keys(preferenceChanges),
  errors: ["forbidden", "user_required", "conflict"],
  async handle(ctx, { userId = callerId(ctx), ...changes }) {
    ensureOwnPreferences(ctx.principal, userId);
    const { db, settings } = ctx.services;
    const grant = { tenantId: ctx.tenantId, userId, type: everyType };
    return unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      const now = await clockOf(tx);
      await changePreferences(tx, ctx.tenantId, userId, { changes, now: now.getTime() });
      return presentPreferences(await readPreferences(tx, ctx.tenantId, userId), grant, { ...settings, userId, now });
    });
  },
});
