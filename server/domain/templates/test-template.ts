import { z } from "zod";
import { sanitizeHtml } from "../../html.ts";
import { newId, requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { emailAddress, entityId, userId } from "../../schema.ts";
import { insertNotifications } from "../notifications/store.ts";
import { inRenderTime, renderTemplate } from "./policy.ts";
import { variables, versionNumber } from "./schema.ts";
import { getTemplate } from "./store.ts";

/** What test sends are of: nobody declares it, so that it goes where it is sent. */
const testType = "TemplateTest";

export const testTemplate = mutation({
  name: "templates.test",
  summary: "Send a template, also one that is not published, to one user, and by mail if an address is given",
  http: { method: "POST", path: "/admin/templates/{name}/test", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    name: entityId,
    version: versionNumber.optional(),
    variables: variables.optional(),
    userId,
    email: emailAddress.optional(),
  }),
  output: z.object({ notificationId: z.string(), version: z.number().int() }).meta({ id: "TemplateTest" }),
  personal: ["variables", "email"],
  async handle(ctx, { name, version: number, variables, userId, email }) {
    const { db } = ctx.services;
    const now = new Date(await db.now());
    return workOf(ctx, async (work) => {
      const { version } = await getTemplate(work.tx, ctx.tenantId, requireUserId(name), number);
      const values = variables ?? (version.sample as Record<string, unknown>);
      const { text, htmlContent, ...rendered } = inRenderTime(ctx, () => renderTemplate(version, values));
      const content = {
        ...rendered,
        type: testType,
        priority: 1,
        mailText: text,
        htmlContent: htmlContent === undefined ? undefined : sanitizeHtml(htmlContent),
        template: { name: version.name, version: version.version },
      };
      const id = newId();
      await insertNotifications(work, ctx.tenantId, [{ id, userId, email, content }], now);
      return { notificationId: id, version: version.version };
    });
  },
});
