import { randomBytes } from "node:crypto";
import { internalIssuerName, issuerSecretContext, issuerSecretKey, trustIssuer } from "../../auth/issuer.ts";
import type { TenantId } from "../../auth/principal.ts";
import { encryptSecret } from "../../config/secrets.ts";
import { DomainError } from "../../errors.ts";
import { newId, requireId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { Issuer as IssuerRow } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { lockTenant } from "../tenants/store.ts";
import type { IssuerDraft } from "./policy.ts";
import { maxIssuers } from "./schema.ts";

/** A draft that policy.ts has settled. */
type Settled = IssuerDraft & { algorithms: string[] };

export function listIssuers(db: Database, tenantId: TenantId): Promise<IssuerRow[]> {
  return db
    .forTenant(tenantId)
    .issuer.findMany({ where: { tenantId }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
}

/** The issuer, with the tenant locked, so that changes come one after the other. Throws not_found. */
export async function lockIssuer(tx: TenantTransaction, tenantId: TenantId, issuerId: string): Promise<IssuerRow> {
  const id = requireId(issuerId);
  await lockTenant(tx, tenantId);
  const row = await tx.issuer.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Throws conflict when the tenant has as many issuers as it may. */
export async function insertIssuer(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  draft: Settled,
): Promise<IssuerRow> {
  await lockTenant(tx, tenantId);
  const count = await tx.issuer.count({ where: { tenantId } });
  if (count >= maxIssuers) throw new DomainError("conflict", { detail: `A tenant has at most ${maxIssuers} issuers` });
  const id = newId();
  return tx.issuer.create({
    data: { tenantId, id, kind: draft.kind, ...toColumns({ tenantId, id, authSecret }, draft) },
  });
}

/** Without a new secret in the draft the stored one stays. */
export function saveIssuer(
  tx: TenantTransaction,
  row: IssuerRow,
  authSecret: string,
  draft: Settled,
): Promise<IssuerRow> {
  const { tenantId, id } = row;
  const columns = toColumns({ tenantId, id, authSecret }, draft);
  return tx.issuer.update({
    where: { tenantId_id: { tenantId, id } },
    data: { ...columns, secret: columns.secret ?? row.secret },
  });
}

export async function removeIssuer(tx: TenantTransaction, { tenantId, id }: IssuerRow): Promise<void> {
  await tx.issuer.delete({ where: { tenantId_id: { tenantId, id } } });
}

/** Makes the issuer that signs what POST /tokens hands out; every tenant has one, with a secret that nobody sees. */
export async function insertInternalIssuer(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
): Promise<void> {
  const id = newId();
  const draft: Settled = {
    kind: "internal",
    name: "Parley",
    issuer: internalIssuerName(tenantId),
    algorithms: ["HS256"],
    secret: randomBytes(32).toString("base64url"),
    claims: {},
    enabled: true,
  };
  await tx.issuer.create({
    data: { tenantId, id, kind: draft.kind, ...toColumns({ tenantId, id, authSecret }, draft) },
  });
}

/** Gives the tenant another issuer of its own where its present one cannot be read under this AUTH_SECRET; answers whether. */
export async function renewInternalIssuer(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
): Promise<boolean> {
  await lockTenant(tx, tenantId);
  const where = { tenantId, kind: "internal" };
  const row = await tx.issuer.findFirst({ where });
  if (!row || isReadable(row, authSecret)) return false;
  await tx.issuer.deleteMany({ where });
  await insertInternalIssuer(tx, tenantId, authSecret);
  await tx.issuer.updateMany({ where, data: { enabled: row.enabled } });
  return true;
}

function isReadable(row: IssuerRow, authSecret: string): boolean {
  try {
    trustIssuer(row.tenantId, row, issuerSecretKey(authSecret));
    return true;
  } catch {
    return false;
  }
}

function toColumns(owner: { tenantId: string; id: string; authSecret: string }, draft: Settled) {
  const context = issuerSecretContext(owner.tenantId, owner.id);
  return {
    name: draft.name,
    issuer: draft.issuer || null,
    audience: draft.audience || null,
    algorithms: draft.algorithms,
    secret: draft.secret === undefined ? null : encryptSecret(issuerSecretKey(owner.authSecret), draft.secret, context),
    publicKey: draft.publicKey ?? null,
    jwksUri: draft.jwksUri || null,
    claims: draft.claims,
    enabled: draft.enabled,
  };
}
