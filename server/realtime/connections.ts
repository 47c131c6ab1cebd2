import type { TenantId } from "../auth/principal.ts";
import { networkOf } from "../client-address.ts";
import { noPlace } from "../limiter.ts";
import { limits } from "../schema.ts";
import type { LiveConnection } from "./live-connection.ts";

/** The open connections of a node, by tenant, and how many each user has, or each address of those that are nobody's yet. */
export class Connections {
  private readonly byTenant = new Map<TenantId, Map<string, LiveConnection>>();
  private readonly perHolder = new Map<string, number>();
  size = 0;
  private over = false;

  /** Throws `rate_limited` when the connection's user has too many, or its address too many of nobody's. */
  add(connection: LiveConnection): void {
    const { tenantId } = connection.principal;
    const holder = holderOf(connection);
    if (holder) {
      const count = this.perHolder.get(holder.key) ?? 0;
      if (count >= holder.most) throw noPlace(holder.most, `Too many connections of this ${holder.word}`);
      this.perHolder.set(holder.key, count + 1);
    }
    const ours = this.byTenant.get(tenantId) ?? new Map<string, LiveConnection>();
    ours.set(connection.id, connection);
    this.byTenant.set(tenantId, ours);
    this.size++;
    if (this.over) queueMicrotask(() => connection.disconnect("shutdown"));
  }

  /** Tells all to come back elsewhere; and whoever comes yet, whose credential was still looked at: nobody else would. */
  end(): void {
    this.over = true;
    for (const connection of this.all()) connection.disconnect("shutdown");
  }

  /** False when it was not there. */
  remove(connection: LiveConnection): boolean {
    const { tenantId } = connection.principal;
    const ours = this.byTenant.get(tenantId);
    if (!ours?.delete(connection.id)) return false;
    this.size--;
    if (ours.size === 0) this.byTenant.delete(tenantId);
    const holder = holderOf(connection);
    if (!holder) return true;
    const left = (this.perHolder.get(holder.key) ?? 1) - 1;
    if (left > 0) this.perHolder.set(holder.key, left);
    else this.perHolder.delete(holder.key);
    return true;
  }

  find(tenantId: TenantId, id: string): LiveConnection | undefined {
    return this.byTenant.get(tenantId)?.get(id);
  }

  /** How many clients of each tenant there are: a console that looks on is none. */
  counts(): Map<TenantId, number> {
    return new Map(this.tenantIds().map((tenantId) => [tenantId, this.of(tenantId).filter(isClient).length]));
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

export function isClient({ principal }: LiveConnection): boolean {
  return principal.kind !== "operator";
}

/** On whose account a connection is. What backends hold by their key is on nobody's. */
function holderOf({ principal, origin }: LiveConnection): { key: string; most: number; word: string } | undefined {
  const { tenantId, userId } = principal;
  if (userId !== undefined)
    return { key: JSON.stringify([tenantId, "user", userId]), most: limits.connectionsPerUser, word: "user" };
  if (origin === undefined) return undefined;
  return {
    key: JSON.stringify([tenantId, "at", networkOf(origin)]),
    most: limits.anonymousPerAddress,
    word: "address",
  };
}
