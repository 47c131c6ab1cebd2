import type { TenantId } from "../auth/principal.ts";

interface Options<Part> {
  /** What is collected is written within this, in ms. */
  withinMs: number;
  /** Of a tenant with nothing yet. */
  begin(): Part;
  write(tenantId: TenantId, part: Part): Promise<void>;
  onLost(error: unknown, tenantId: TenantId, part: Part): void;
}

/**
 * What calls leave behind, collected for each tenant and written together: a write a call would double the cost of calls. One writing
 * is under way at a time; what is collected meanwhile, however long that takes, is the next. What cannot be written of one tenant
 * keeps no other's back.
 */
export class WriteBehind<Part> {
  private parts = new Map<TenantId, Part>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private readonly options: Options<Part>;

  constructor(options: Options<Part>) {
    this.options = options;
  }

  /** The tenant's part, which will be written. */
  of(tenantId: TenantId): Part {
    const part = this.parts.get(tenantId) ?? this.options.begin();
    this.parts.set(tenantId, part);
    this.timer ??= setTimeout(() => void this.flush(), this.options.withinMs).unref();
    return part;
  }

  /** Resolves when what is collected by now is written, or lost. Never throws. */
  flush(): Promise<void> {
    this.next ??= this.writing.then(() => this.writeAll());
    return this.next;
  }

  private writeAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const parts = this.parts;
    this.parts = new Map();
    this.next = undefined;
    this.writing = this.writeEach(parts);
    return this.writing;
  }

  private async writeEach(parts: Map<TenantId, Part>): Promise<void> {
    const { write, onLost } = this.options;
    for (const [tenantId, part] of parts)
      try {
        await write(tenantId, part);
      } catch (error) {
        onLost(error, tenantId, part);
      }
  }
}
