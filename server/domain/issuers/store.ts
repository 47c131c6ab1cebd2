import { randomBytes } from "node:crypto";
import { internalIssuerName, issuerSecretContext, issuerSecretKey } from "../../auth/issuer.ts";
import type { TenantId } from "../../auth/principal.ts";
import { encryptSecret } from "../../config/secrets.ts";
import { newId } from "../../ids.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

/** Makes the issuer that signs what POST /tokens hands out; every tenant has one, with a secret that nobody sees. */
export async function insertInternalIssuer(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
): Promise<void> {
  const id = newId();
  const plain = randomBytes(32).toString("base64url");
  const secret = encryptSecret(issuerSecretKey(authSecret), plain, issuerSecretContext(tenantId, id));
  await tx.issuer.create({
    data: {
      tenantId,
      id,
      name: "Parley",
      kind: "internal",
      issuer: internalIssuerName(tenantId),
      algorithms: ["HS256"],
      secret,
    },
  });
}
