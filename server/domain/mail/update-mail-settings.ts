import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { mailSettingsPatch, mailSettingsSchema, presentMailSettings } from "./schema.ts";
import { saveMailSettings } from "./store.ts";

export const updateMailSettings = mutation({
  name: "mail.updateSettings",
  summary: "Change how your tenant sends mail; what is left out stays, an empty text or the port 0 is taken back",
  http: { method: "PATCH", path: "/admin/mail/settings" },
  access: { caller: "admin", scope: "admin" },
  input: mailSettingsPatch,
  output: mailSettingsSchema,
  handle: (ctx, patch) => {
    const { db, settings, now } = ctx.services;
    return unitOfWork(
      db,
      ctx.tenantId,
      async ({ tx }) => {
        const stored = await saveMailSettings(tx, ctx.tenantId, settings.authSecret, patch);
        return presentMailSettings(stored, settings.mailServer, now());
      },
      ctx.idempotent,
    );
  },
});
