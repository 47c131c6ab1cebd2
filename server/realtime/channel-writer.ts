import type { TenantId } from "../auth/principal.ts";
import type { ChangedChannel, ChannelInput } from "./channel-store.ts";
import type { LocalChannel } from "./local-channel.ts";

interface Waiter {
  resolve(change: ChangedChannel): void;
  reject(error: unknown): void;
}

interface Tenant {
  dirty: Set<string>;
  waiting: Map<string, Waiter[]>;
  running: boolean;
  /** By performance.now(), which nobody sets back. */
  pausedUntil: number;
}

interface Options {
  find(tenantId: TenantId, channel: string): LocalChannel | undefined;
  write(tenantId: TenantId, input: ChannelInput[]): Promise<ChangedChannel[]>;
  onChanges(tenantId: TenantId, changes: ChangedChannel[]): void;
  onError(error: unknown): void;
  grace: number;
}

const batchSize = 200;
/** After a write that failed, in ms. */
const pauseAfterFailure = 1000;

/**
 * Writes what is on this node, many channels at once: per tenant one write is under way, and what changes meanwhile is the next. No
 * timer; one that is alone is written at once.
 */
export class ChannelWriter {
  private readonly tenants = new Map<TenantId, Tenant>();
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  mark(tenantId: TenantId, channel: string): void {
    const tenant = this.tenantOf(tenantId);
    tenant.dirty.add(channel);
    if (!tenant.running && performance.now() >= tenant.pausedUntil) void this.work(tenantId, tenant);
  }

  /** Resolves when what is true of the channel now is written. Throws what the database throws. */
  settle(tenantId: TenantId, channel: string): Promise<ChangedChannel> {
    const tenant = this.tenantOf(tenantId);
    const waiters = tenant.waiting.get(channel) ?? [];
    tenant.waiting.set(channel, waiters);
    const settled = new Promise<ChangedChannel>((resolve, reject) => waiters.push({ resolve, reject }));
    tenant.pausedUntil = 0; // somebody waits for it
    this.mark(tenantId, channel);
    return settled;
  }

  /** Resolves when what is marked by now is written, or failed. */
  async catchUp(tenantId: TenantId): Promise<void> {
    const marked = [...(this.tenants.get(tenantId)?.dirty ?? [])];
    await Promise.allSettled(marked.map((channel) => this.settle(tenantId, channel)));
  }

  /** Goes on where a write failed. */
  resume(): void {
    const now = performance.now();
    for (const [tenantId, tenant] of this.tenants)
      if (!tenant.running && now >= tenant.pausedUntil) void this.work(tenantId, tenant);
  }

  /** Resolves when everything is written, or failed. */
  async flush(): Promise<void> {
    await Promise.all([...this.tenants].map(([tenantId, tenant]) => this.work(tenantId, tenant)));
    while ([...this.tenants.values()].some(({ running }) => running)) await new Promise(setImmediate);
  }

  private tenantOf(tenantId: TenantId): Tenant {
    let tenant = this.tenants.get(tenantId);
    if (!tenant) {
      tenant = { dirty: new Set(), waiting: new Map(), running: false, pausedUntil: 0 };
      this.tenants.set(tenantId, tenant);
    }
    return tenant;
  }

  private async work(tenantId: TenantId, tenant: Tenant): Promise<void> {
    if (tenant.running) return;
    tenant.running = true;
    await new Promise(setImmediate); // whoever comes in this turn goes along
    while (tenant.dirty.size > 0 && performance.now() >= tenant.pausedUntil) await this.batch(tenantId, tenant);
    tenant.running = false;
    if (tenant.dirty.size + tenant.waiting.size === 0) this.tenants.delete(tenantId);
  }

  private async batch(tenantId: TenantId, tenant: Tenant): Promise<void> {
    const names = [...tenant.dirty].slice(0, batchSize);
    const waiters = new Map<string, Waiter[]>();
    const input: ChannelInput[] = [];
    for (const name of names) {
      tenant.dirty.delete(name);
      waiters.set(name, tenant.waiting.get(name) ?? []);
      tenant.waiting.delete(name);
      const local = this.options.find(tenantId, name);
      if (local) input.push(local.input(name, Date.now(), this.options.grace));
    }
    try {
      const changes = input.length > 0 ? await this.options.write(tenantId, input) : [];
      this.wrote(tenantId, input, changes);
      const written = new Map(changes.map((change) => [change.channel, change]));
      for (const [name, some] of waiters) settleAll(some, written.get(name));
    } catch (error) {
      for (const name of names) tenant.dirty.add(name);
      tenant.pausedUntil = performance.now() + pauseAfterFailure;
      this.options.onError(error);
      for (const some of waiters.values()) for (const { reject } of some) reject(error);
    }
  }

  private wrote(tenantId: TenantId, input: ChannelInput[], changes: ChangedChannel[]): void {
    const refused = new Map(changes.map((change) => [change.channel, change.refused]));
    for (const part of input) this.options.find(tenantId, part.c)?.wrote(part, refused.get(part.c) ?? []);
    this.options.onChanges(tenantId, changes);
  }
}

function settleAll(waiters: Waiter[], change: ChangedChannel | undefined): void {
  for (const { resolve, reject } of waiters)
    if (change) resolve(change);
    else reject(new Error("the channel went away while it was written"));
}
