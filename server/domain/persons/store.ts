import { installationId } from "../../auth/api-key.ts";
import { mintTenantId, type TenantId } from "../../auth/principal.ts";
import type { Role } from "../../auth/roles.ts";
import { sessionLasts } from "../../auth/session-cookie.ts";
import { DomainError } from "../../errors.ts";
import { isId, newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { Person, PersonLink, PersonSession } from "../../persistence/generated/client.ts";
import { asTenant, clockOf, type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";

// People are of no tenant: their rows are the reserved one's, which no credential of a tenant can name.

const nobodys: TenantId = mintTenantId(installationId);

/** Rows of people, in one transaction. */
export function asInstallation<T>(db: Database, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
  return tenantTransaction(db.prisma, nobodys, work);
}

/** Part of a tenant's transaction that reads people. */
export function amongPersons<T>(tx: TenantTransaction, tenantId: TenantId, work: () => Promise<T>): Promise<T> {
  return asTenant(tx, nobodys, tenantId, work);
}

export function findPersonByEmail(tx: TenantTransaction, email: string): Promise<Person | null> {
  return tx.person.findUnique({ where: { tenantId_email: { tenantId: nobodys, email } } });
}

/** Throws not_found. */
export async function getPerson(tx: TenantTransaction, id: string): Promise<Person> {
  const row = await tx.person.findUnique({ where: { tenantId_id: { tenantId: nobodys, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

export function findPersons(tx: TenantTransaction, ids: string[]): Promise<Person[]> {
  return tx.person.findMany({ where: { tenantId: nobodys, id: { in: ids } } });
}

/** The same, with the row locked: of two that use up a code one comes second. Hand-written SQL, because Prisma has no row lock. */
export async function lockPerson(tx: TenantTransaction, id: string): Promise<Person> {
  await tx.$queryRaw`select 1 from persons where tenant_id = ${nobodys} and id = ${id}::uuid for no key update`;
  return getPerson(tx, id);
}

/** Throws conflict when the address is taken. */
export async function insertPerson(
  tx: TenantTransaction,
  person: Pick<Person, "email" | "name" | "passwordHash"> & Partial<Pick<Person, "installationOwner" | "verifiedAt">>,
): Promise<Person> {
  const row = { tenantId: nobodys, id: newId(), ...person };
  const { count } = await tx.person.createMany({ data: [row], skipDuplicates: true });
  if (count === 0) throw new DomainError("conflict", { detail: "There is an account with this address: sign in" });
  return getPerson(tx, row.id);
}

export function savePerson(tx: TenantTransaction, id: string, data: Partial<Omit<Person, "tenantId" | "id">>) {
  return tx.person.update({ where: { tenantId_id: { tenantId: nobodys, id } }, data });
}

/** Whether somebody owns the installation: the link that makes its first owner is good only while nobody does. */
export async function hasInstallationOwner(tx: TenantTransaction): Promise<boolean> {
  return (await tx.person.findFirst({ where: { tenantId: nobodys, installationOwner: true } })) !== null;
}

/**
 * Whether some tenant invites the address. A function of the database asks it, as the rows are the tenants': it shows whether there is
 * one, and nothing of it.
 */
export async function isInvited(tx: TenantTransaction, email: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ invited: boolean }[]>`select is_invited_v1(${email}) as invited`;
  return row?.invited === true;
}

export interface NewSession {
  method: "password" | "link" | "oauth";
  ip?: string | undefined;
  userAgent?: string | undefined;
  sudoUntil: Date;
}

export async function insertSession(tx: TenantTransaction, personId: string, session: NewSession): Promise<string> {
  const id = newId();
  const expiresAt = new Date(Date.now() + sessionLasts * 1000);
  await tx.personSession.create({ data: { tenantId: nobodys, id, personId, expiresAt, ...session } });
  return id;
}

export function listSessions(tx: TenantTransaction, personId: string): Promise<PersonSession[]> {
  return tx.personSession.findMany({
    where: { tenantId: nobodys, personId, expiresAt: { gt: new Date() } },
    orderBy: { seenAt: "desc" },
    take: 200,
  });
}

/** Lets dangerous calls of a session through until then, whatever there was before. Does nothing for a session that is not there. */
export async function extendSudo(tx: TenantTransaction, sessionId: string, until: Date): Promise<void> {
  await tx.personSession.updateMany({ where: { tenantId: nobodys, id: sessionId }, data: { sudoUntil: until } });
}

/** Ends sessions of a person, all but one if told; returns how many. */
export async function deleteSessions(
  tx: TenantTransaction,
  personId: string,
  which: { id?: string; but?: string },
): Promise<number> {
  if (which.id !== undefined && !isId(which.id)) return 0;
  const id = which.id ?? (which.but === undefined ? undefined : { not: which.but });
  const { count } = await tx.personSession.deleteMany({
    where: { tenantId: nobodys, personId, ...(id === undefined ? {} : { id }) },
  });
  return count;
}

/** Takes out sessions that ran out before, some at a time; returns how many. */
export async function retainSessions(db: Database, before: Date, limit: number): Promise<number> {
  const where = { tenantId: nobodys, expiresAt: { lt: before } };
  return asInstallation(db, async (tx) => (await tx.personSession.deleteMany({ where, limit })).count);
}

export type LinkKind = "claim" | "reset" | "sign-in";

export async function insertLink(
  tx: TenantTransaction,
  link: { kind: LinkKind; hash: string; personId?: string; expiresAt: Date },
): Promise<void> {
  await tx.personLink.deleteMany({ where: { tenantId: nobodys, expiresAt: { lt: await clockOf(tx) } } });
  await tx.personLink.create({ data: { tenantId: nobodys, ...link } });
}

/** Whose link it is, while it is good; null for any other. */
export async function findLink(tx: TenantTransaction, kind: LinkKind, hash: string): Promise<PersonLink | null> {
  return tx.personLink.findFirst({ where: { tenantId: nobodys, kind, hash, expiresAt: { gt: await clockOf(tx) } } });
}

/** Uses a link up: of two that come at once one gets it. */
export async function takeLink(tx: TenantTransaction, kind: LinkKind, hash: string): Promise<boolean> {
  const { count } = await tx.personLink.deleteMany({
    where: { tenantId: nobodys, kind, hash, expiresAt: { gt: await clockOf(tx) } },
  });
  return count === 1;
}

/** Removes links of a kind, of one person or of nobody. */
export async function deleteLinks(tx: TenantTransaction, kind: LinkKind, personId: string | null): Promise<void> {
  await tx.personLink.deleteMany({ where: { tenantId: nobodys, kind, personId } });
}

/**
 * Makes a person an operator of a tenant, in a transaction that is the reserved tenant's. Who is one already keeps the role. Returns the role
 * that the person has there. Throws not_found for whoever is taken out of it in the same moment.
 */
export async function joinTenant(
  tx: TenantTransaction,
  personId: string,
  { tenantId, role }: { tenantId: TenantId; role: Role },
): Promise<Role> {
  return asTenant(tx, tenantId, nobodys, async () => {
    const { count } = await tx.operator.createMany({ data: [{ tenantId, personId, role }], skipDuplicates: true });
    if (count === 1) return role;
    const row = await tx.operator.findUnique({ where: { tenantId_personId: { tenantId, personId } } });
    if (!row) throw new DomainError("not_found");
    return row.role as Role;
  });
}
