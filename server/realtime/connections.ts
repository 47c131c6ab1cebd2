import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import { limits } from "../schema.ts";
import type { LiveConnection } from "./live-connection.ts";

/** The open connections of a node, by tenant, and how many each user has. */
export class Connections {
  private readonly byTenant = new Map<TenantId, Map<string, LiveConnection>>();
  private readonly perUser = new Map<string, number>();
  size = 0;

  /** Throws `rate_limited` when the connection's user has too many. */
  add(connection: LiveConnection): void {
    const { userId, tenantId } = connection.principal;
    if (userId !== undefined) {
      const key = JSON.stringify([tenantId, userId]);
      const count = this.perUser.get(key) ?? 0;
      if (count >= limits.connectionsPerUser)
        throw new DomainError("rate_limited", { detail: "Too many connections of this user", retryAfter: 10 });
      this.perUser.set(key, count + 1);
    }
    const ours = this.byTenant.get(tenantId) ?? new Map<string, LiveConnection>();
    ours.set(connection.id, connection);
    this.byTenant.set(tenantId, ours);
    this.size++;
  }

  /** False when it was not there. */
  remove(connection: LiveConnection): boolean {
    const { userId, tenantId } = connection.principal;
    const ours = this.byTenant.get(tenantId);
    if (!ours?.delete(connection.id)) return false;
    this.size--;
    if (ours.size === 0) this.byTenant.delete(tenantId);
    if (userId === undefined) return true;
    const key = JSON.stringify([tenantId, userId]);
    const left = (this.perUser.get(key) ?? 1) - 1;
    if (left > 0) this.perUser.set(key, left);
    else this.perUser.delete(key);
    return true;
  }

  find(tenantId: TenantId, id: string): LiveConnection | undefined {
    return this.byTenant.get(tenantId)?.get(id);
  }

  /** How many each tenant has. */
  counts(): Map<TenantId, number> {
    return new Map([...this.byTenant].map(([tenantId, ours]) => [tenantId, ours.size]));
  }

  tenantIds(): TenantId[] {
    return [...this.byTenant.keys()];
  }

  /** As they are now: who leaves meanwhile does not disturb. */
  of(tenantId: TenantId): LiveConnection[] {
    return [...(this.byTenant.get(tenantId)?.values() ?? [])];
  }

  all(): LiveConnection[] {
    return this.tenantIds().flatMap((tenantId) => this.of(tenantId));
  }
}
