import { makeApiKey } from "../../auth/api-key.ts";
import type { TenantId } from "../../auth/principal.ts";
import type { Scope } from "../../auth/scopes.ts";
import { newId } from "../../ids.ts";
import type { ApiKey as ApiKeyRow } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { KeyKind } from "./schema.ts";

export interface NewKey {
  kind: KeyKind;
  name: string;
  scopes: readonly Scope[];
}

/** Makes a key; `key` is the only place where it can be read. */
export async function insertKey(
  tx: TenantTransaction,
  tenantId: TenantId,
  { kind, name, scopes }: NewKey,
): Promise<{ row: ApiKeyRow; key: string }> {
  const { key, hash, hint } = makeApiKey(tenantId);
  const row = await tx.apiKey.create({ data: { tenantId, id: newId(), kind, name, hash, hint, scopes: [...scopes] } });
  return { row, key };
}
