import { z } from "zod";
import type { Role } from "../../auth/roles.ts";
import { query } from "../../operation.ts";
import type { OperatorInvitation } from "../../persistence/generated/client.ts";
import { invitationSchema } from "./schema.ts";
import { listInvitations as loadInvitations } from "./store.ts";

export function presentInvitation(row: OperatorInvitation): z.input<typeof invitationSchema> {
  return {
    invitationId: row.id,
    email: row.email,
    role: row.role as Role,
    ...(row.invitedBy === null ? {} : { invitedBy: row.invitedBy }),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

export const listInvitations = query({
  name: "operators.listInvitations",
  summary: "Invitations that nobody has taken yet, newest first",
  http: { method: "GET", path: "/admin/operators/invitations" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({}),
  output: z.object({ data: z.array(invitationSchema) }),
  async handle(ctx) {
    const rows = await loadInvitations(ctx.services.db, ctx.tenantId);
    return { data: rows.map(presentInvitation) };
  },
});
