import { z } from "zod";
import { isTenantIdForm } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { cappedBy } from "../../limiter.ts";
import { query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
import { cursorPage, text } from "../../schema.ts";
import { tenantSettingsSchema } from "./schema.ts";
import { listInstallationTenants } from "./store.ts";

export const installationTenantSchema = z
  .object({
    tenantId: z.string(),
    name: z.string(),
    createdAt: z.string(),
    suspended: z.boolean(),
    deleteAfter: z.string().nullable().describe("Its owner has deleted it"),
    rate: z.object({ rate: z.number(), burst: z.number() }).describe("Calls of the whole tenant, as it holds"),
    limited: z.boolean().describe("The installation has set a limit; the tenant may set a lower one"),
    operators: z.number().int(),
    users: z.number().int(),
    chats: z.number().int(),
    events: z.number().int().describe("Committed since it was made"),
  })
  .meta({ id: "InstallationTenant" });

export const listTenants = query({
  name: "installation.listTenants",
  summary: "The tenants of the installation by id, with what they have and nothing of what is in it",
  http: { method: "GET", path: "/installation/tenants", root: true },
  access: { caller: "installation" },
  input: z.object({
    search: text(100).optional(),
    after: text(100).optional().describe("After this tenant id: nextCursor goes here"),
    limit: z.number().optional(),
  }),
  output: cursorPage(installationTenantSchema),
  errors: ["unauthenticated", "forbidden", "cursor_invalid"],
  async handle(ctx, { search, after = "", limit }) {
    if (after !== "" && !isTenantIdForm(after)) throw new DomainError("cursor_invalid");
    const most = readLimit(limit);
    const rows = await listInstallationTenants(ctx.services.db, { search, after, limit: most + 1 });
    const data = rows.slice(0, most).map((row) => ({
      tenantId: row.id,
      name: row.name,
      createdAt: row.createdAt.toISOString(),
      suspended: row.suspendedAt !== null,
      deleteAfter: row.deleteAfter?.toISOString() ?? null,
      rate: cappedBy(tenantSettingsSchema.parse(row.settings).rates.tenant, row.rateCap),
      limited: row.rateCap !== null,
      operators: row.operators,
      users: row.users,
      chats: row.chats,
      events: row.events,
    }));
    return { data, nextCursor: rows.length > most ? (data.at(-1)?.tenantId ?? null) : null, prevCursor: null };
  },
});
