import { isTenantIdForm, mintTenantId, type TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { OperatorInvitation } from "../../persistence/generated/client.ts";
import { asTenant, type TenantTransaction } from "../../persistence/prisma.ts";
import { hashLink } from "../persons/make-link.ts";
import { findInvitation } from "./store.ts";

export interface Invited {
  tenantId: TenantId;
  tenantName: string;
  invitation: OperatorInvitation;
}

/** What an invitation's link leads to, in a transaction that is another tenant's. Throws not_found for a link that is over. */
export async function readInvitation(tx: TenantTransaction, back: TenantId, token: string): Promise<Invited> {
  const [tenant = "", secret = ""] = token.split(".");
  const over = new DomainError("not_found", { detail: "The invitation is over, or was taken back: ask for another" });
  if (!isTenantIdForm(tenant)) throw over;
  const tenantId = mintTenantId(tenant);
  return asTenant(tx, tenantId, back, async () => {
    const invitation = await findInvitation(tx, tenantId, hashLink(secret));
    const row = invitation && (await tx.tenant.findUnique({ where: { id: tenantId } }));
    if (!invitation || !row || row.suspendedAt) throw over;
    return { tenantId, tenantName: row.name, invitation };
  });
}
