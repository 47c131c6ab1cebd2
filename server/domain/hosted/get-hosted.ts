import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { query } from "../../operation.ts";
import { brandOf } from "../preferences/presenter.ts";
import { brandingSchema } from "../preferences/schema.ts";
import { getPusherApp } from "../pusher-apps/store.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { getTenant } from "../tenants/store.ts";

export const getHosted = query({
  name: "hosted.get",
  summary: "What the hosted chat and inbox of a tenant show before anybody has signed in",
  http: { method: "GET", path: "/hosted" },
  access: { caller: "anyone" },
  input: z.object({}),
  output: z.object({
    tenantId: z.string(),
    name: z.string(),
    branding: brandingSchema,
    demo: z.boolean().describe("Whether a visitor may pick a person instead of signing in"),
    pusherKey: z.string().optional().describe("Of a demo tenant: its page offers to chat over the Pusher protocol"),
  }),
  async handle(ctx) {
    const snapshot = await ctx.services.security.snapshot(ctx.tenantId);
    if (!snapshot) throw new DomainError("unauthenticated");
    const tenant = await getTenant(ctx.services.db, ctx.tenantId);
    const branding = brandOf(tenant, tenantSettingsSchema.parse(tenant.settings));
    const { name } = tenant;
    if (!snapshot.demo) return { tenantId: ctx.tenantId, name, branding, demo: false };
    const { key, enabled } = await getPusherApp(ctx.services.db, ctx.tenantId, ctx.services.settings.authSecret);
    return { tenantId: ctx.tenantId, name, branding, demo: true, ...(enabled ? { pusherKey: key } : {}) };
  },
});
