import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { LogEvent } from "../events.ts";
import type { PresenceState } from "../services.ts";
import { findChatPresence } from "./channel-store.ts";
import { type ChannelListener, type ChannelNews, OutgoingChannel } from "./local-channel.ts";

interface Options {
  pool: Pool;
  onError(error: unknown): void;
}

/**
 * Who of a chat is there, for those who listen to it on this node: the picture that presence gives, as coming and going. One look at a
 * time for each chat, and what changes meanwhile is looked at after it: so the last thing that is told is the newest.
 */
export class ChatPresence {
  private readonly chats = new Map<string, ChatRoster>();
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  /**
   * Begins to listen under a name of the caller's; resolves with the members who are there, and what is said of them (JSON). Throws what the
   * database throws.
   */
  async join(
    at: { tenantId: TenantId; chatId: string; channel: string },
    listener: ChannelListener,
  ): Promise<ReadonlyMap<string, string | null>> {
    const key = keyOf(at.tenantId, at.chatId);
    const roster = this.chats.get(key) ?? new ChatRoster(at, this.options);
    this.chats.set(key, roster);
    roster.expected++;
    try {
      await roster.ready();
      roster.listeners.add(listener);
      return roster.members;
    } finally {
      roster.expected--;
      this.prune(key, roster);
    }
  }

  leave(tenantId: TenantId, chatId: string, listener: ChannelListener): void {
    const key = keyOf(tenantId, chatId);
    const roster = this.chats.get(key);
    if (!roster?.listeners.delete(listener)) return;
    this.prune(key, roster);
  }

  /** Somebody is now like this, in these chats. */
  news(tenantId: TenantId, state: PresenceState, chatIds: readonly string[]): void {
    if (this.chats.size === 0) return;
    for (const chatId of chatIds) this.chats.get(keyOf(tenantId, chatId))?.look(state.userId, state);
  }

  /** Somebody came into a chat or was taken out of it. Harmless when it is said more than once. */
  moved({ tenantId, chatId, type, payload }: LogEvent): void {
    if (chatId === undefined || !type.startsWith("member.")) return;
    this.chats.get(keyOf(tenantId, chatId))?.look(String(payload.userId));
  }

  private prune(key: string, roster: ChatRoster): void {
    if (roster.expected + roster.listeners.size === 0 && this.chats.get(key) === roster) this.chats.delete(key);
  }
}

function keyOf(tenantId: TenantId, chatId: string): string {
  return `${tenantId} ${chatId}`;
}

class ChatRoster {
  members = new Map<string, string>();
  readonly listeners = new Set<ChannelListener>();
  /** Who is about to listen also counts. */
  expected = 0;
  private loading: Promise<void> | undefined;
  private readonly waiting = new Map<string, PresenceState | undefined>();
  private working = false;
  private readonly at: { tenantId: TenantId; chatId: string; channel: string };
  private readonly options: Options;

  constructor(at: { tenantId: TenantId; chatId: string; channel: string }, options: Options) {
    this.at = at;
    this.options = options;
  }

  ready(): Promise<void> {
    this.loading ??= this.load().catch((error) => {
      this.loading = undefined; // the next one tries again
      throw error;
    });
    return this.loading;
  }

  look(userId: string, state?: PresenceState): void {
    this.waiting.set(userId, state ?? this.waiting.get(userId));
    if (!this.working) void this.work();
  }

  private async load(): Promise<void> {
    const found = await this.find();
    for (const { userId, displayName } of found) this.members.set(userId, infoOf(displayName));
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      await this.ready();
      while (this.waiting.size > 0) await this.step();
    } catch (error) {
      this.waiting.clear(); // ephemeral: lost
      this.options.onError(error);
    } finally {
      this.working = false;
    }
  }

  private async step(): Promise<void> {
    const news = new Map(this.waiting);
    this.waiting.clear();
    const found = await this.find([...news.keys()]);
    const here = new Map(found.map(({ userId, displayName }) => [userId, infoOf(displayName)]));
    for (const [userId, state] of news) this.place(userId, here.get(userId), state);
  }

  private place(userId: string, info: string | undefined, state: PresenceState | undefined): void {
    if (info === undefined) {
      if (this.members.delete(userId)) this.tell({ kind: "left", userId });
      return;
    }
    if (!this.members.has(userId)) this.tell({ kind: "joined", userId, info });
    this.members.set(userId, info);
    if (state) this.tell({ kind: "state", state });
  }

  private find(userIds?: string[]) {
    return findChatPresence(this.options.pool, this.at.tenantId, this.at.chatId, userIds);
  }

  private tell(news: ChannelNews): void {
    const outgoing = new OutgoingChannel(this.at.channel, news);
    for (const listener of this.listeners) listener.hear(outgoing);
  }
}

function infoOf(displayName: string | null): string {
  return JSON.stringify({ displayName });
}
