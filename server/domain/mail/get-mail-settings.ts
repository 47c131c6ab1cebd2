import { z } from "zod";
import { query } from "../../operation.ts";
import { mailSettingsSchema, presentMailSettings } from "./schema.ts";
import { findMail } from "./store.ts";

export const getMailSettings = query({
  name: "mail.getSettings",
  summary: "How your tenant sends mail, and how its server does; secrets left out",
  http: { method: "GET", path: "/admin/mail/settings" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({}),
  output: mailSettingsSchema,
  async handle(ctx) {
    const { db, settings, now } = ctx.services;
    return presentMailSettings(await findMail(db, ctx.tenantId), settings.mailServer, now());
  },
});
