import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import {
  addChannelNotices,
  type CachedEvent,
  type ChannelNotice,
  type FoundRoster,
  findCachedEvent,
  findRosters,
  type ListedChannel,
  listChannels,
  putCachedEvent,
} from "./channel-store.ts";
import { NoticeWriter } from "./notice-writer.ts";

/** Events of cache channels are kept for half an hour, in seconds. */
const keptFor = 1800;

interface Options {
  pool: Pool;
  /** Takes out what dead nodes hold, of all channels or of those named. */
  tidy(tenantId: TenantId, channels?: string[]): Promise<void>;
  onError(error: unknown): void;
}

/** What there is of a tenant's channels over all nodes, and what is kept of what was said. */
export class ChannelDirectory {
  private readonly notices: NoticeWriter;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    this.notices = new NoticeWriter({ ...options, write: (...noted) => addChannelNotices(options.pool, ...noted) });
  }

  /** Channels that somebody listens to, by the beginning of their names. */
  async list(tenantId: TenantId, prefix: string, limit: number): Promise<ListedChannel[]> {
    await this.options.tidy(tenantId);
    return await listChannels(this.options.pool, tenantId, prefix, limit);
  }

  /** How many listen to each channel, and who is in it. */
  async look(tenantId: TenantId, channels: string[]): Promise<Map<string, FoundRoster>> {
    await this.options.tidy(tenantId, channels);
    const wanted = channels.map((channel) => ({ channel }));
    const found = await findRosters(this.options.pool, tenantId, wanted);
    return new Map(found.map((roster) => [roster.channel, roster]));
  }

  /** Keeps the last event of cache channels; gives the version that it has in each. */
  cache(
    tenantId: TenantId,
    channels: string[],
    event: { event: string; data: string },
  ): Promise<Record<string, number>> {
    return putCachedEvent(this.options.pool, tenantId, channels, event);
  }

  cached(tenantId: TenantId, channel: string): Promise<CachedEvent | undefined> {
    return findCachedEvent(this.options.pool, tenantId, channel, keptFor);
  }

  /** Notes something for the webhooks, if one wants it. */
  note(tenantId: TenantId, notices: ChannelNotice[]): void {
    this.notices.add(tenantId, notices);
  }

  /** Resolves when what is noted by now is written, or failed. */
  flush(): Promise<void> {
    return this.notices.flush();
  }
}
