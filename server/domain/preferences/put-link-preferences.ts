import { z } from "zod";
import { mutation } from "../../operation.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { changePreferences } from "./change-preferences.ts";
import { readLink } from "./policy.ts";
import { presentPreferences } from "./presenter.ts";
import { linkedPreferencesSchema, linkToken, preferenceChanges } from "./schema.ts";
import { readPreferences } from "./store.ts";

export const putLinkPreferences = mutation({
  name: "preferences.putByLink",
  summary: "Choose for the person whom a mail went to, by the link in it; what is left out stays",
  http: { method: "PUT", path: "/links/{token}/preferences" },
  access: { caller: "anyone", evenSuspended: true },
  input: z.object({ token: linkToken, ...preferenceChanges }),
  output: linkedPreferencesSchema,
  errors: ["conflict"],
  async handle(ctx, { token, ...changes }) {
    const { db, settings } = ctx.services;
    const grant = readLink(settings.authSecret, ctx.tenantId, token);
    const { userId, type } = grant;
    return unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      const now = await clockOf(tx);
      await changePreferences(tx, ctx.tenantId, userId, { changes, now: now.getTime() });
      const stored = await readPreferences(tx, ctx.tenantId, userId);
      return { type, ...presentPreferences(stored, grant, { ...settings, userId, also: type, now }) };
    });
  },
});
