import { z } from "zod";
import type { Role } from "../../auth/roles.ts";
import { query } from "../../operation.ts";
import { operatorSchema } from "./schema.ts";
import { listOperators as loadOperators } from "./store.ts";

export const listOperators = query({
  name: "operators.list",
  summary: "The people who run the tenant, with their roles",
  http: { method: "GET", path: "/admin/operators" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({}),
  output: z.object({ data: z.array(operatorSchema) }),
  async handle(ctx) {
    const rows = await loadOperators(ctx.services.db, ctx.tenantId);
    const data = rows.map(({ personId, role, createdAt, person }) => ({
      personId,
      email: person.email,
      ...(person.name === null ? {} : { name: person.name }),
      role: role as Role,
      twoFactor: person.totpConfirmedAt !== null,
      since: createdAt.toISOString(),
    }));
    return { data };
  },
});
