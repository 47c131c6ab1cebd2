import { z } from "zod";
import { callerId } from "../../caller.ts";
import { query } from "../../operation.ts";
import { ensureOwnPreferences } from "./policy.ts";
import { presentPreferences } from "./presenter.ts";
import { everyType, ofUser, preferencesSchema } from "./schema.ts";
import { readPreferences } from "./store.ts";

export const getPreferences = query({
  name: "preferences.get",
  summary: "What goes out to a person, when and how, over the tenant's defaults",
  http: {
    method: "GET",
    path: "/preferences",
    also: [{ method: "GET", path: "/Users/{userId}/preferences" }],
  },
  access: { caller: "user-or-key", scope: "users:read" },
  input: z.object(ofUser),
  output: preferencesSchema,
  errors: ["forbidden", "user_required"],
  async handle(ctx, { userId = callerId(ctx) }) {
    ensureOwnPreferences(ctx.principal, userId);
    const { db, settings } = ctx.services;
    const stored = await readPreferences(db.forTenant(ctx.tenantId), ctx.tenantId, userId);
    const how = { ...settings, userId, now: new Date() };
    const { link, ...shown } = presentPreferences(stored, { tenantId: ctx.tenantId, userId, type: everyType }, how);
    // It changes them without any credential, for ever, so who may only read them does not get it.
    return ctx.principal.scopes.has("users:write") ? { ...shown, link } : shown;
  },
});
