import { makeApiKey } from "../../auth/api-key.ts";
import type { TenantId } from "../../auth/principal.ts";
import { scopes as everyScope, type Scope } from "../../auth/scopes.ts";
import { DomainError } from "../../errors.ts";
import { isId, newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { ApiKey as ApiKeyRow } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { lockTenant } from "../tenants/store.ts";
import { type KeyKind, maxKeys } from "./schema.ts";

export interface NewKey {
  kind: KeyKind;
  name: string;
  scopes: readonly Scope[];
}

/** `key` is the only place where the key can be read. */
export interface InsertedKey {
  row: ApiKeyRow;
  key: string;
}

const order: KeyKind[] = ["primary", "secondary", "named"];

/** All keys of the tenant: primary, secondary, then the named ones as they were made. */
export async function listKeys(db: Database, tenantId: TenantId): Promise<ApiKeyRow[]> {
  const rows = await db
    .forTenant(tenantId)
    .apiKey.findMany({ where: { tenantId }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  return order.flatMap((kind) => rows.filter((row) => row.kind === kind));
}

export async function insertKey(
  tx: TenantTransaction,
  tenantId: TenantId,
  { kind, name, scopes }: NewKey,
): Promise<InsertedKey> {
  const { key, hash, hint } = makeApiKey(tenantId);
  const row = await tx.apiKey.create({ data: { tenantId, id: newId(), kind, name, hash, hint, scopes: [...scopes] } });
  return { row, key };
}

/** Throws conflict when the tenant has as many keys as it may. */
export async function insertNamedKey(
  tx: TenantTransaction,
  tenantId: TenantId,
  key: { name: string; scopes: Scope[] },
): Promise<InsertedKey> {
  await lockTenant(tx, tenantId);
  const count = await tx.apiKey.count({ where: { tenantId } });
  if (count >= maxKeys) throw new DomainError("conflict", { detail: `A tenant has at most ${maxKeys} keys` });
  return insertKey(tx, tenantId, { ...key, kind: "named" });
}

/**
 * Replaces a key by a new one of its kind, name and scopes. The new one has an id of its own, so that connections of the old one are
 * known for what they are. The tenant is locked: of two at once, the second replaces what the first made.
 * @param which primary, secondary or the id of a named key. Throws not_found.
 */
export async function replaceKey(tx: TenantTransaction, tenantId: TenantId, which: string): Promise<InsertedKey> {
  await lockTenant(tx, tenantId);
  const old = await findKey(tx, tenantId, which);
  if (!old) throw new DomainError("not_found");
  await tx.apiKey.delete({ where: { tenantId_id: { tenantId, id: old.id } } });
  const kind = old.kind as KeyKind;
  return insertKey(tx, tenantId, {
    kind,
    name: old.name,
    scopes: kind === "named" ? (old.scopes as Scope[]) : everyScope,
  });
}

/** Throws not_found, and conflict for the primary and the secondary, which are only ever replaced. */
export async function deleteNamedKey(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<void> {
  await lockTenant(tx, tenantId);
  const key = await findKey(tx, tenantId, id);
  if (!key) throw new DomainError("not_found");
  if (key.kind !== "named")
    throw new DomainError("conflict", { detail: `The ${key.kind} key can be regenerated, not deleted` });
  await tx.apiKey.delete({ where: { tenantId_id: { tenantId, id: key.id } } });
}

function findKey(tx: TenantTransaction, tenantId: TenantId, which: string): Promise<ApiKeyRow | null> {
  const kind = which.toLowerCase();
  if (kind === "primary" || kind === "secondary") return tx.apiKey.findFirst({ where: { tenantId, kind } });
  return isId(which)
    ? tx.apiKey.findUnique({ where: { tenantId_id: { tenantId, id: which } } })
    : Promise.resolve(null);
}
