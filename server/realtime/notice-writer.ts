import type { TenantId } from "../auth/principal.ts";
import type { ChannelNotice } from "./channel-store.ts";

interface Tenant {
  waiting: ChannelNotice[];
  /** How many found no room since the last write began. */
  dropped: number;
  done: Promise<void>;
}

interface Options {
  write(tenantId: TenantId, notices: ChannelNotice[]): Promise<unknown>;
  onError(error: unknown): void;
}

/** Of a tenant: what pages say to each other comes faster than a database that is slow writes it. */
const maxWaiting = 1000;

/**
 * Writes what webhooks are to be told. Each write waits for the tenant's one job, so per tenant one is under way, and what comes meanwhile
 * is the next: more at once would take the pool's connections from everybody, and the order.
 */
export class NoticeWriter {
  private readonly tenants = new Map<TenantId, Tenant>();
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  add(tenantId: TenantId, notices: ChannelNotice[]): void {
    const tenant = this.tenants.get(tenantId) ?? { waiting: [], dropped: 0, done: Promise.resolve() };
    const room = notices.slice(0, maxWaiting - tenant.waiting.length);
    tenant.waiting.push(...room);
    tenant.dropped += notices.length - room.length;
    if (this.tenants.has(tenantId)) return;
    this.tenants.set(tenantId, tenant);
    tenant.done = this.work(tenantId, tenant);
  }

  /** Resolves when what is noted by now is written, or failed. */
  async flush(): Promise<void> {
    await Promise.all([...this.tenants.values()].map(({ done }) => done));
  }

  private async work(tenantId: TenantId, tenant: Tenant): Promise<void> {
    const { write, onError } = this.options;
    while (tenant.waiting.length > 0) {
      const { waiting, dropped } = tenant;
      tenant.waiting = [];
      tenant.dropped = 0;
      if (dropped > 0) onError(new Error(`${dropped} notices for webhooks were dropped: too many wait to be written`));
      await write(tenantId, waiting).catch(onError);
    }
    this.tenants.delete(tenantId);
  }
}
