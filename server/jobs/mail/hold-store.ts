import type { Pool, PoolClient } from "pg";
import type { TenantId } from "../../auth/principal.ts";

/**
 * Which tenants' mail this worker has in its hands. What it holds no other worker takes, until it lets go or dies: the locks are those of
 * one connection, however many there are.
 */
export class MailHolds {
  /** The connection that has each lock; undefined while it is asked. */
  private readonly held = new Map<TenantId, Promise<PoolClient> | undefined>();
  private session: Promise<PoolClient> | undefined;
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Holds a tenant's mail for one pump. False when another one has it, here or elsewhere. */
  async take(tenantId: TenantId): Promise<boolean> {
    if (this.held.has(tenantId)) return false;
    this.held.set(tenantId, undefined); // at once: a connection knows no difference between its own users
    let got = false;
    try {
      got = await this.ask("select pg_try_advisory_lock(hashtextextended($1, 0)) as done", tenantId);
      if (got) this.held.set(tenantId, this.session);
    } finally {
      if (!got) await this.forget(tenantId);
    }
    return got;
  }

  /** Whether a tenant's mail is still held: with the connection its lock is gone, and another worker may have taken it. */
  has(tenantId: TenantId): boolean {
    const session = this.held.get(tenantId);
    return session !== undefined && session === this.session;
  }

  async letGo(tenantId: TenantId): Promise<void> {
    try {
      if (this.has(tenantId)) await this.ask("select pg_advisory_unlock(hashtextextended($1, 0)) as done", tenantId);
    } finally {
      await this.forget(tenantId);
    }
  }

  private async ask(sql: string, tenantId: TenantId): Promise<boolean> {
    this.session ??= this.open();
    const { session } = this;
    try {
      return (await (await session).query<{ done: boolean }>(sql, [`mail:${tenantId}`])).rows[0]?.done ?? false;
    } catch (error) {
      // Whatever it held is lost with it: a lock that nobody lets go would be worse.
      if (this.session === session) await this.end();
      throw error;
    }
  }

  /** One that breaks is forgotten at once, and its place in the pool is free: whoever held something by it asks `has`. */
  private open(): Promise<PoolClient> {
    const session = this.pool.connect();
    const lost = (client?: PoolClient) => {
      if (this.session !== session) return;
      this.session = undefined;
      client?.release(true);
    };
    session.then(
      (client) => client.once("end", () => lost(client)),
      () => lost(),
    );
    return session;
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
