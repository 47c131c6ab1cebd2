import { z } from "zod";
import { isTenantIdForm, mintTenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { asTenant } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { noteEntry } from "../audit/store.ts";
import { mailJob } from "../deliveries/store.ts";
import { allWebhookJobs } from "../webhooks/store.ts";
import { lockTenant, setStanding } from "./store.ts";

export const limitTenant = mutation({
  name: "installation.updateTenant",
  summary: "Suspend a tenant, or let it go on; limit the calls of all of it, whatever it sets itself",
  http: { method: "PATCH", path: "/installation/tenants/{tenant}", root: true },
  access: { caller: "installation" },
  input: z.object({
    tenant: z.string().max(63),
    suspended: z.boolean().optional(),
    rate: z
      .object({
        rate: z.number().min(0.1).max(1_000_000).describe("Calls a second"),
        burst: z.number().int().min(1).max(1_000_000),
      })
      .optional(),
    limited: z.literal(false).optional().describe("Lets the tenant have again what it sets itself"),
  }),
  output: empty,
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { tenant, suspended, rate, limited }) {
    if (!isTenantIdForm(tenant)) throw new DomainError("not_found");
    const tenantId = mintTenantId(tenant);
    const { requestId } = ctx;
    const { db, live } = ctx.services;
    const answer = await unitOfWork(db, ctx.tenantId, ({ tx }) =>
      asTenant(tx, tenantId, ctx.tenantId, async () => {
        await lockTenant(tx, tenantId);
        await setStanding(tx, tenantId, { suspended, rateCap: limited === false ? null : rate });
        // Nobody came for what waited.
        if (suspended === false) await enqueueJobs(tx, [mailJob(tenantId), ...(await allWebhookJobs(tx, tenantId))]);
        // Who it was is between the installation and its owners; the tenant's operators see what was done to it.
        const actor = { actorKind: "installation" as const, actorId: ctx.principal.person?.personId ?? "key" };
        const input = { suspended, rate, limited };
        await noteEntry(tx, tenantId, { ...actor, operation: "installation.updateTenant", input, requestId });
        return {};
      }),
    );
    live.recheck(tenantId);
    return answer;
  },
});
