import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { LogEvent } from "../events.ts";
import type { PresenceState } from "../services.ts";
import { findChatPresence } from "./channel-store.ts";
import { type ChannelListener, type ChannelNews, OutgoingChannel } from "./local-channel.ts";

const compareEvery = 10;
/** More than that wait for the next rounds. */
const comparedAtOnce = 50;

interface Options {
  pool: Pool;
  /** Whether a tenant lets its users see who is there; all do when left out. */
  shows?(tenantId: TenantId): Promise<boolean>;
  onError(error: unknown): void;
}

/**
 * Who of a chat is there, for those who listen to it on this node: the picture that presence gives, as coming and going. One look at a
 * time for each chat, and what changes meanwhile is looked at after it: so the last thing that is told is the newest.
 */
export class ChatPresence {
  private readonly chats = new Map<string, ChatRoster>();
  private readonly options: Options;
  private due: ChatRoster[] = [];
  private rounds = 0;

  constructor(options: Options) {
    this.options = options;
  }

  /** Whether there is anything to listen to. */
  async shows(tenantId: TenantId): Promise<boolean> {
    return (await this.options.shows?.(tenantId)) ?? true;
  }

  /** About once a second; every so often it finds what the bus or a failed look has lost. Throws what the database throws: the next goes on. */
  async keepHouse(): Promise<void> {
    this.rounds++;
    if (this.rounds >= compareEvery && this.due.length === 0) {
      this.rounds = 0;
      this.due = [...this.chats.values()];
    }
    const last = Math.max(0, this.due.length - comparedAtOnce);
    while (this.due.length > last) await this.due.pop()?.compare();
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
  private waiting = new Map<string, PresenceState | undefined>();
  private stale = false;
  private working: Promise<void> | undefined;
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
    if (!this.working) this.work().catch(this.options.onError);
  }

  /** Looks at all of them anew, and at what still waits. Throws what the database throws. */
  async compare(): Promise<void> {
    if (this.listeners.size === 0) return;
    this.stale = true;
    await this.work();
  }

  private async load(): Promise<void> {
    const found = await this.find();
    for (const { userId, displayName } of found) this.members.set(userId, infoOf(displayName));
  }

  private work(): Promise<void> {
    this.working ??= this.workOff();
    return this.working;
  }

  private async workOff(): Promise<void> {
    try {
      await this.ready();
      while (this.waiting.size > 0 || this.stale) await this.step();
    } finally {
      this.working = undefined;
    }
  }

  private async step(): Promise<void> {
    const { stale, waiting: news } = this;
    this.stale = false;
    this.waiting = new Map();
    try {
      if ((await this.options.shows?.(this.at.tenantId)) === false) return this.end();
      const found = await this.find(stale ? undefined : [...news.keys()]);
      const here = new Map(found.map(({ userId, displayName }) => [userId, infoOf(displayName)]));
      const looked = stale ? new Set([...this.members.keys(), ...here.keys(), ...news.keys()]) : news.keys();
      for (const userId of looked) this.place(userId, here.get(userId), news.get(userId));
    } catch (error) {
      this.stale ||= stale;
      for (const [userId, state] of news) this.waiting.set(userId, this.waiting.get(userId) ?? state);
      throw error;
    }
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

  private end(): void {
    for (const listener of [...this.listeners]) listener.taken?.(this.at.channel);
  }

  private tell(news: ChannelNews): void {
    const outgoing = new OutgoingChannel(this.at.channel, news);
    for (const listener of this.listeners) listener.hear(outgoing);
  }
}

function infoOf(displayName: string | null): string {
  return JSON.stringify({ displayName });
}
