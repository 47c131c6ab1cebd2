import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty, text } from "../../schema.ts";
import { lockTenant, setStanding } from "./store.ts";

/** Time to think better of it. */
const graceMs = 7 * 24 * 60 * 60 * 1000;

export const deleteTenant = mutation({
  name: "tenants.delete",
  summary:
    "Delete the tenant with everything in it, in 7 days; until then it can be taken back. Its name has to be given",
  http: { method: "POST", path: "/admin/tenant/delete" },
  access: { caller: "admin", scope: "admin", console: "admin:owner", sudo: true },
  input: z.object({ name: text(200).describe("Of the tenant, as it is shown") }),
  output: z.object({ deleteAfter: z.string() }),
  errors: ["conflict", "reauthentication_required"],
  async handle(ctx, { name }) {
    const deleteAfter = new Date(ctx.services.now() + graceMs);
    return workOf(ctx, async ({ tx }) => {
      const row = await lockTenant(tx, ctx.tenantId);
      if (row.name !== name) throw new DomainError("conflict", { detail: "The tenant has another name" });
      if (row.deleteAfter) return { deleteAfter: row.deleteAfter.toISOString() };
      await setStanding(tx, ctx.tenantId, { deleteAfter });
      return { deleteAfter: deleteAfter.toISOString() };
    });
  },
});

export const restoreTenant = mutation({
  name: "tenants.restore",
  summary: "Keep the tenant that was to be deleted",
  http: { method: "POST", path: "/admin/tenant/restore" },
  access: { caller: "admin", scope: "admin", console: "admin:owner" },
  input: z.object({}),
  output: empty,
  async handle(ctx) {
    return workOf(ctx, async ({ tx }) => {
      await lockTenant(tx, ctx.tenantId);
      await setStanding(tx, ctx.tenantId, { deleteAfter: null });
      return {};
    });
  },
});
