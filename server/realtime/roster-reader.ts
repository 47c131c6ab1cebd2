import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import { type FoundRoster, findRosters } from "./channel-store.ts";

interface Batch {
  channels: Set<string>;
  found: Promise<Map<string, FoundRoster>>;
}

const batchSize = 200;

/** Reads who is in channels: those of a tenant that are asked for in one turn, many at once. */
export class RosterReader {
  private readonly open = new Map<TenantId, Batch>();
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async read(tenantId: TenantId, channel: string): Promise<Pick<FoundRoster, "version" | "members">> {
    const open = this.open.get(tenantId);
    const batch = open && open.channels.size < batchSize ? open : this.begin(tenantId);
    batch.channels.add(channel);
    return (await batch.found).get(channel) ?? { version: 0, members: new Map() };
  }

  private begin(tenantId: TenantId): Batch {
    const channels = new Set<string>();
    const batch = { channels, found: this.find(tenantId, channels) };
    this.open.set(tenantId, batch);
    return batch;
  }

  private async find(tenantId: TenantId, channels: Set<string>): Promise<Map<string, FoundRoster>> {
    await new Promise(setImmediate); // whoever asks in this turn goes along
    if (this.open.get(tenantId)?.channels === channels) this.open.delete(tenantId);
    const wanted = [...channels].map((channel) => ({ channel }));
    const found = await findRosters(this.pool, tenantId, wanted);
    return new Map(found.map((roster) => [roster.channel, roster]));
  }
}
