import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ensureSudo } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { judgeAnewJob } from "../digests/policy.ts";
import { moveTimesJob } from "../notifications/due-store.ts";
import { presentTenant, type SettingsPatch, settingsPatchSchema, tenantName, tenantSchema } from "./schema.ts";
import { lockTenant, saveTenant } from "./store.ts";

export const updateTenant = mutation({
  name: "tenants.update",
  summary: "Change your tenant's name or some of its settings; what is left out stays",
  http: { method: "PATCH", path: "/admin/tenant" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: tenantName.optional(), settings: settingsPatchSchema.optional() }),
  output: tenantSchema,
  errors: ["reauthentication_required"],
  async handle(ctx, { name, settings = {} }) {
    const { db, security, live } = ctx.services;
    const answer = await unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      const row = await lockTenant(tx, ctx.tenantId);
      const merged = merge(row.settings, settings) as SettingsPatch;
      const hub = merged.hub?.url;
      if (hub && hub !== (row.settings as SettingsPatch).hub?.url) {
        ensureSudo(ctx.principal); // whoever connects from then on shows their token there
        ensureEncrypted(hub, security.allowPrivateNetworks);
      }
      const moved = differs(row.settings, merged, "timezone");
      // Both decide about what is sent already: mail that has not gone out asks again, what waits for nine o'clock has another nine.
      const ruled = moved || differs(row.settings, merged, "notifications");
      if (moved) await enqueueJobs(tx, [moveTimesJob(ctx.tenantId)]);
      if (moved || changesWait(row.settings, merged)) await enqueueJobs(tx, [judgeAnewJob(ctx.tenantId)]);
      const changes = {
        ...(name ? { name } : {}),
        ...(ruled ? { rulesAt: await clockOf(tx) } : {}),
        settings: merged,
      };
      return presentTenant(await saveTenant(tx, ctx.tenantId, changes));
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});

function ensureEncrypted(hub: string, allowPrivateNetworks: boolean): void {
  if (allowPrivateNetworks || new URL(hub).protocol === "https:") return;
  throw new DomainError("invalid", { errors: { "settings.hub.url": ["must be an https address"] } });
}

function differs(before: unknown, after: SettingsPatch, part: keyof SettingsPatch): boolean {
  return !isDeepStrictEqual((before as SettingsPatch)[part], after[part]);
}

/** Whether what is held is held until another time than before. */
function changesWait(before: unknown, after: SettingsPatch): boolean {
  const waitOf = ({ notifications: { quietHours, digest } = {} }: SettingsPatch) => ({ quietHours, digest });
  return !isDeepStrictEqual(waitOf(before as SettingsPatch), waitOf(after));
}

/** Objects part by part; everything else is replaced, and null takes back what was set. */
function merge(base: unknown, patch: unknown): unknown {
  if (patch === undefined) return base;
  if (!isPlain(base) || !isPlain(patch)) return patch;
  const parts = Object.entries(patch).map(([name, part]) => [name, merge(base[name], part)] as const);
  const merged = { ...base, ...Object.fromEntries(parts) };
  return Object.fromEntries(Object.entries(merged).filter(([, part]) => part !== null));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
