import type { Pool, PoolClient } from "pg";
import type { TenantId } from "../../auth/principal.ts";

/**
 * Which tenants' mail this worker has in its hands. What it holds no other worker takes, until it lets go or dies: the locks are those of
 * one connection, however many there are.
 */
export class MailHolds {
  private readonly held = new Set<TenantId>();
  private session: Promise<PoolClient> | undefined;
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Holds a tenant's mail for one pump. False when another one has it, here or elsewhere. */
  async take(tenantId: TenantId): Promise<boolean> {
    if (this.held.has(tenantId)) return false;
    this.held.add(tenantId); // at once: a connection knows no difference between its own users
    let got = false;
    try {
      got = await this.ask("select pg_try_advisory_lock(hashtextextended($1, 0)) as done", tenantId);
    } finally {
      if (!got) await this.forget(tenantId);
    }
    return got;
  }

  async letGo(tenantId: TenantId): Promise<void> {
    try {
      await this.ask("select pg_advisory_unlock(hashtextextended($1, 0)) as done", tenantId);
    } finally {
      await this.forget(tenantId);
    }
  }

  private async ask(sql: string, tenantId: TenantId): Promise<boolean> {
    this.session ??= this.pool.connect();
    const session = this.session;
    try {
      return (await (await session).query<{ done: boolean }>(sql, [`mail:${tenantId}`])).rows[0]?.done ?? false;
    } catch (error) {
      // Whatever it held is lost with it: a lock that nobody lets go would be worse.
      if (this.session === session) await this.end();
      throw error;
    }
  }

  private async forget(tenantId: TenantId): Promise<void> {
    this.held.delete(tenantId);
    if (this.held.size === 0) await this.end();
  }

  private async end(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    const client = await session?.catch(() => undefined);
    client?.release(true);
  }
}
