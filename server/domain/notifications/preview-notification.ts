import { z } from "zod";
import { mutation } from "../../operation.ts";
import { priorities } from "../categories/schema.ts";
import { findCategory } from "../categories/store.ts";
import { brandOf } from "../preferences/presenter.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { getTenant } from "../tenants/store.ts";
import { readDraft } from "./policy.ts";
import { draftFields } from "./schema.ts";

/** A POST, because what it shows does not fit an address; it changes nothing. */
export const previewNotification = mutation({
  name: "notifications.preview",
  summary: "How a notification will look in the inbox and as a mail, by what renders them when they are sent",
  http: { method: "POST", path: "/admin/notifications/preview" },
  access: { caller: "admin", scope: "admin", console: "admin:read" },
  input: z.object(draftFields),
  output: z
    .object({
      subject: z.string(),
      message: z.string(),
      htmlContent: z.string().optional(),
      summary: z.string().optional(),
      priority: z.enum(priorities),
      uses: z.array(z.string()).describe("Variables that its template uses"),
      missing: z.array(z.string()).describe("Those of them that have no value"),
      faults: z
        .record(z.string(), z.string())
        .describe("Part of its template that is no Liquid yet → why; then nothing of it is shown"),
      mail: z.object({
        html: z.string().describe("Holds the looks of a light and of a dark mail program"),
        text: z.string(),
      }),
    })
    .meta({ id: "NotificationPreview" }),
  async handle(ctx, draft) {
    const { db, settings } = ctx.services;
    const { tenantId } = ctx;
    const client = db.forTenant(tenantId);
    const [{ text, ...variables }, tenant, category] = await Promise.all([
      readDraft(client, ctx, draft),
      getTenant(db, tenantId),
      findCategory(client, tenantId, draft.type),
    ]);
    const { mailText: _mailText, ...shown } = text;
    const brand = brandOf(tenant, tenantSettingsSchema.parse(tenant.settings));
    const links = {
      open: `${settings.baseUrl}/inbox/${tenantId}`,
      // Of a mail that is sent it holds who got it.
      unsubscribe: category?.required ? undefined : `${settings.baseUrl}/u/…`,
    };
    // Takes long to load: not before somebody wants to see one.
    const { renderNotification } = await import("../../../emails/render-notification.ts");
    const mail = await renderNotification(text, brand, links);
    const declared = priorities.find((name) => name === category?.priority) ?? "Normal";
    const priority = draft.priority === undefined ? declared : (priorities[draft.priority] ?? "Normal");
    return { ...shown, priority, ...variables, mail };
  },
});
