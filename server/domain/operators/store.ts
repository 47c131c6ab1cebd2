import type { TenantId } from "../../auth/principal.ts";
import type { Role } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import { isId, newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { Operator, OperatorInvitation, Person } from "../../persistence/generated/client.ts";
import { type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";
import { amongPersons, findPersons } from "../persons/store.ts";

/** More than a tenant has; the console shows them in one list. */
const most = 500;

/** The tenant's operators with who they are, those who came first first. */
export async function listOperators(db: Database, tenantId: TenantId): Promise<(Operator & { person: Person })[]> {
  return tenantTransaction(db.prisma, tenantId, async (tx) => {
    const rows = await tx.operator.findMany({
      where: { tenantId },
      orderBy: [{ createdAt: "asc" }, { personId: "asc" }],
      take: most,
    });
    const ids = rows.map(({ personId }) => personId);
    const persons = await amongPersons(tx, tenantId, () => findPersons(tx, ids));
    const byId = new Map(persons.map((person) => [person.id, person]));
    return rows.flatMap((row) => {
      const person = byId.get(row.personId);
      return person ? [{ ...row, person }] : [];
    });
  });
}

/** Where the tenant's owners get mail. */
export async function findOwnerAddresses(tx: TenantTransaction, tenantId: TenantId): Promise<string[]> {
  const owners = await tx.operator.findMany({ where: { tenantId, role: "owner" }, take: most });
  const ids = owners.map(({ personId }) => personId);
  return (await amongPersons(tx, tenantId, () => findPersons(tx, ids))).map(({ email }) => email);
}

export async function findOperator(
  tx: TenantTransaction,
  tenantId: TenantId,
  personId: string,
): Promise<Operator | null> {
  if (!isId(personId)) return null;
  return tx.operator.findUnique({ where: { tenantId_personId: { tenantId, personId } } });
}

/** Throws not_found. */
export async function getOperator(tx: TenantTransaction, tenantId: TenantId, personId: string): Promise<Operator> {
  const row = await findOperator(tx, tenantId, personId);
  if (!row) throw new DomainError("not_found");
  return row;
}

export async function setRole(tx: TenantTransaction, tenantId: TenantId, personId: string, role: Role): Promise<void> {
  await tx.operator.update({ where: { tenantId_personId: { tenantId, personId } }, data: { role } });
}

export async function removeOperator(tx: TenantTransaction, tenantId: TenantId, personId: string): Promise<void> {
  await tx.operator.delete({ where: { tenantId_personId: { tenantId, personId } } });
}

/** Whether somebody else owns the tenant. Ask with the tenant's row locked. */
export async function hasOtherOwner(tx: TenantTransaction, tenantId: TenantId, personId: string): Promise<boolean> {
  const other = await tx.operator.findFirst({ where: { tenantId, role: "owner", personId: { not: personId } } });
  return other !== null;
}

export interface NewInvitation {
  email: string;
  role: Role;
  hash: string;
  invitedBy: string | undefined;
  expiresAt: Date;
}

/** Another invitation of the same address replaces the one before. */
export async function insertInvitation(
  tx: TenantTransaction,
  tenantId: TenantId,
  invitation: NewInvitation,
): Promise<OperatorInvitation> {
  const { email } = invitation;
  const fresh = { tenantId, id: newId(), ...invitation };
  // One statement, for two may invite the same address at once.
  return tx.operatorInvitation.upsert({
    where: { tenantId_email: { tenantId, email } },
    create: fresh,
    update: { ...fresh, createdAt: new Date() },
  });
}

export function listInvitations(db: Database, tenantId: TenantId): Promise<OperatorInvitation[]> {
  return db.forTenant(tenantId).operatorInvitation.findMany({
    where: { tenantId, expiresAt: { gt: new Date() } },
    orderBy: { createdAt: "desc" },
    take: most,
  });
}

/** The invitation that a link names, while it is good. */
export function findInvitation(
  tx: TenantTransaction,
  tenantId: TenantId,
  hash: string,
): Promise<OperatorInvitation | null> {
  return tx.operatorInvitation.findFirst({ where: { tenantId, hash, expiresAt: { gt: new Date() } } });
}

/** The one that an address has and may still take. */
export function findInvitationTo(
  tx: TenantTransaction,
  tenantId: TenantId,
  email: string,
): Promise<OperatorInvitation | null> {
  return tx.operatorInvitation.findFirst({ where: { tenantId, email, expiresAt: { gt: new Date() } } });
}

/** Throws not_found. */
export async function getInvitation(
  tx: TenantTransaction,
  tenantId: TenantId,
  id: string,
): Promise<OperatorInvitation> {
  const row = isId(id) ? await tx.operatorInvitation.findUnique({ where: { tenantId_id: { tenantId, id } } }) : null;
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Returns whether there was one. */
export async function deleteInvitation(
  tx: TenantTransaction,
  tenantId: TenantId,
  which: { id: string },
): Promise<boolean> {
  if (!isId(which.id)) return false;
  const { count } = await tx.operatorInvitation.deleteMany({ where: { tenantId, id: which.id } });
  return count === 1;
}

/** Takes out invitations that ran out before, some at a time; returns how many. */
export async function retainInvitations(
  db: Database,
  tenantId: TenantId,
  before: Date,
  limit: number,
): Promise<number> {
  const where = { tenantId, expiresAt: { lt: before } };
  return (await db.forTenant(tenantId).operatorInvitation.deleteMany({ where, limit })).count;
}
