import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { mailJob } from "../deliveries/store.ts";
import { mailSettingsPatch, mailSettingsSchema, presentMailSettings } from "./schema.ts";
import { saveMailSettings } from "./store.ts";

export const updateMailSettings = mutation({
  name: "mail.updateSettings",
  summary: "Change how your tenant sends mail; what is left out stays, an empty text or the port 0 is taken back",
  http: { method: "PATCH", path: "/admin/mail/settings" },
  access: { caller: "admin", scope: "admin", sudo: true },
  input: mailSettingsPatch,
  output: mailSettingsSchema,
  handle: (ctx, patch) => {
    const { db, settings, now } = ctx.services;
    return unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      // What waits for the server of before need not: this one is asked at once.
      await enqueueJobs(tx, [mailJob(ctx.tenantId)]);
      const stored = await saveMailSettings(tx, ctx.tenantId, settings.authSecret, patch);
      return presentMailSettings(stored, settings.mailServer, now());
    });
  },
});
