import { z } from "zod";
import type { Role } from "../../auth/roles.ts";
import { query } from "../../operation.ts";
import { linkToken, role } from "../persons/schema.ts";
import { asInstallation, findPersonByEmail } from "../persons/store.ts";
import { readInvitation } from "./read-invitation.ts";

export const getInvitation = query({
  name: "people.getInvitation",
  summary: "What an invitation's link leads to",
  http: { method: "GET", path: "/api/console/invitations/{token}", root: true },
  access: { caller: "anyone" },
  input: z.object({ token: linkToken }),
  output: z.object({
    tenantId: z.string(),
    tenantName: z.string(),
    email: z.string(),
    role,
    invitedBy: z.string().optional(),
    hasAccount: z.boolean().describe("Then it is accepted when signed in"),
  }),
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { token }) {
    return asInstallation(ctx.services.db, async (tx) => {
      const { tenantId, tenantName, invitation } = await readInvitation(tx, ctx.tenantId, token);
      const { email, role, invitedBy } = invitation;
      const hasAccount = (await findPersonByEmail(tx, email)) !== null;
      return { tenantId, tenantName, email, role: role as Role, ...(invitedBy ? { invitedBy } : {}), hasAccount };
    });
  },
});
