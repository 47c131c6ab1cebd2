import { PrismaPg } from "@prisma/adapter-pg";
import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";
import { setTenantText, withJoinedBegin } from "./joined-begin.ts";

/** Prisma as one tenant: row-level security shows that tenant's rows only. Each call is a transaction of its own. */
export type TenantClient = Prisma.TransactionClient;

/** The same inside one transaction. */
export type TenantTransaction = Prisma.TransactionClient;

/** For a connection, and for the whole of a transaction; in ms. A busy pool is waited for, not failed. */
const waits = { maxWait: 10_000, timeout: 30_000 };

/**
 * Prisma on a pool it shares with hand-written SQL. It sees no row of any tenant: see `tenantClient`. Its errors show no source, so
 * that `withoutCalls` knows them.
 */
export function createPrisma(pool: Pool): PrismaClient {
  const adapter = new PrismaPg(withJoinedBegin(pool));
  return new PrismaClient({ adapter, transactionOptions: waits, errorFormat: "minimal" });
}

/**
 * A line of the log without what Prisma shows of a call that it cannot make, which is all of it with its values: `createPrisma`'s errors
 * then say what was wrong with which field. For pino's `streamWrite`.
 */
export function withoutCalls(line: string): string {
  return line.includes("invocation:") ? line.replace(/(invocation:\\n\\n)\{\\n.*?\\n\}(?=\\n)/g, "$1{…}") : line;
}

/**
 * Runs each operation of the client as that tenant. The tenant is set for one transaction, so the connection goes back to the
 * pool without it. That makes three round trips of one: fine for ordinary reads and writes; hot paths call SQL functions that set
 * the tenant and query in one go. For several operations that belong together take `tenantTransaction`.
 *
 * Not `$extends` with `$transaction([…])`: Prisma keeps no plan of a batch that begins with raw SQL and would compile each query
 * anew, which with the making of a client is a quarter more of processor time, and near twice as much in a process that has just begun.
 */
export function tenantClient(prisma: PrismaClient, tenantId: TenantId): TenantClient {
  return named((name) => {
    if (name.startsWith("$")) return inTransaction((tx, args) => call(tx, name, args));
    return named((operation) => inTransaction((tx, args) => call(Reflect.get(tx, name), operation, args)));
  }) as TenantClient;

  function inTransaction(work: (tx: TenantTransaction, args: unknown[]) => Promise<unknown>) {
    return (...args: unknown[]) => tenantTransaction(prisma, tenantId, (tx) => work(tx, args));
  }
}

/** An object with whatever property is asked for by name. */
function named(property: (name: string) => unknown): object {
  return new Proxy({}, { get: (_, name) => (typeof name === "string" ? property(name) : undefined) });
}

function call(of: object, method: string, args: unknown[]): Promise<unknown> {
  return Reflect.get(of, method).apply(of, args);
}

/**
 * Runs `work` in one READ COMMITTED transaction as that tenant; commits when it resolves, rolls back when it throws.
 * @param options milliseconds: `maxWait` for a connection, `timeout` for the whole.
 */
export function tenantTransaction<T>(
  prisma: PrismaClient,
  tenantId: TenantId,
  work: (tx: TenantTransaction) => Promise<T>,
  options: { maxWait?: number; timeout?: number } = {},
): Promise<T> {
  return prisma.$transaction(
    async (tx) => {
      await setTenant(tx, tenantId);
      return work(tx);
    },
    { ...waits, ...options },
  );
}

/** Postgres' clock, by which what a transaction puts off for a time is due. */
export async function clockOf(tx: TenantTransaction): Promise<Date> {
  const [row] = await tx.$queryRaw<[{ now: Date }]>`select date_trunc('milliseconds', clock_timestamp()) as now`;
  return row.now;
}

/** Works within a transaction as another tenant for a while; then it is `back`'s again. */
export async function asTenant<T>(
  tx: TenantTransaction,
  tenantId: TenantId,
  back: TenantId,
  work: () => Promise<T>,
): Promise<T> {
  await setTenant(tx, tenantId);
  const result = await work();
  await setTenant(tx, back);
  return result;
}

/** Whose rows the rest of a transaction sees. Given up again with the transaction. */
export function setTenant(client: Prisma.TransactionClient, tenantId: TenantId): Prisma.PrismaPromise<unknown> {
  return client.$executeRawUnsafe(setTenantText, tenantId);
}
