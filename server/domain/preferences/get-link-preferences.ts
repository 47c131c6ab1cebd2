import { z } from "zod";
import { query } from "../../operation.ts";
import { readLink } from "./policy.ts";
import { presentPreferences } from "./presenter.ts";
import { linkedPreferencesSchema, linkToken } from "./schema.ts";
import { readPreferences } from "./store.ts";

export const getLinkPreferences = query({
  name: "preferences.getByLink",
  summary: "The preferences of the person whom a mail went to, by the link in it. Changes nothing",
  http: { method: "GET", path: "/links/{token}/preferences" },
  access: { caller: "anyone", evenSuspended: true },
  input: z.object({ token: linkToken }),
  output: linkedPreferencesSchema,
  async handle(ctx, { token }) {
    const { db, settings } = ctx.services;
    const grant = readLink(settings.authSecret, ctx.tenantId, token);
    const stored = await readPreferences(db.forTenant(ctx.tenantId), ctx.tenantId, grant.userId);
    const how = { ...settings, userId: grant.userId, also: grant.type, now: new Date() };
    return { type: grant.type, ...presentPreferences(stored, grant, how) };
  },
});
