import type { LogEvent } from "../events.ts";
import type { LiveSubscription } from "./live-subscription.ts";
import type { Outgoing, OutgoingEphemeral } from "./subscription.ts";

const ringEvents = 1024;

interface Reader {
  userId: string;
  chats: Set<string>;
  subscriptions: Set<LiveSubscription>;
}

/**
 * Who on this node reads what of one tenant. The index of a user's chats is set once from a snapshot and from then on changed only by
 * member.* events in log order, before the next event is delivered.
 */
export class TenantHub {
  private readonly readers = new Map<string, Reader>();
  private readonly byChat = new Map<string, Set<Reader>>();
  private readonly wide = new Set<LiveSubscription>();
  /** What was published since the first of those who are coming in began to; nothing when nobody is. */
  private ring: Outgoing[] = [];
  /** Subscriptions being set up also count: the tenant must not be let go under them. */
  private pending = 0;

  get empty(): boolean {
    return this.pending === 0 && this.readers.size === 0 && this.wide.size === 0;
  }

  subscriptions(): LiveSubscription[] {
    return [...this.wide, ...[...this.readers.values()].flatMap((reader) => [...reader.subscriptions])];
  }

  /** Whether a user who reads here sees a chat, as of the last event published. */
  sees(userId: string, chatId: string): boolean {
    return this.readers.get(userId)?.chats.has(chatId) ?? false;
  }

  /** Hands an event to its readers, in log order. */
  publish(outgoing: Outgoing): void {
    const { event } = outgoing;
    if (this.pending > 0) this.remember(outgoing);
    this.enter(event);
    if (event.userId !== undefined) this.offer(this.readers.get(event.userId), outgoing);
    else if (event.chatId) for (const reader of this.byChat.get(event.chatId) ?? []) this.offer(reader, outgoing);
    for (const subscription of this.wide) subscription.live(outgoing);
    this.leave(event);
  }

  /** To the readers of a chat but the one who caused it. */
  ephemeral(outgoing: OutgoingEphemeral): void {
    const { chatId, userId } = outgoing.event;
    for (const reader of (chatId && this.byChat.get(chatId)) || []) {
      if (reader.userId !== userId) for (const subscription of reader.subscriptions) subscription.ephemeral(outgoing);
    }
  }

  /** Presence of a user goes to whoever shares one of these chats, once. */
  presence(outgoing: OutgoingEphemeral, chatIds: string[]): void {
    const told = new Set<Reader>();
    for (const chatId of chatIds) for (const reader of this.byChat.get(chatId) ?? []) told.add(reader);
    for (const reader of told) for (const subscription of reader.subscriptions) subscription.ephemeral(outgoing);
  }

  /** Somebody is coming in. */
  expect(): void {
    this.pending++;
  }

  /** Somebody has come in, or has given up. */
  settled(): void {
    this.pending--;
    if (this.pending === 0) this.ring = [];
  }

  /** The events after a position that this node has in memory; undefined when they do not reach back that far. */
  since(position: number): Outgoing[] | undefined {
    const first = this.ring[0]?.event.position;
    if (first === undefined || first > position + 1) return undefined;
    return this.ring.slice(position + 1 - first);
  }

  /** Puts a subscription among the readers. `chats` is the user's index as of the last event published. */
  join(subscription: LiveSubscription, chats: Iterable<string>): void {
    const { userId } = subscription.options;
    if (userId === undefined) {
      this.wide.add(subscription);
      return;
    }
    let reader = this.readers.get(userId);
    if (!reader) {
      reader = { userId, chats: new Set(), subscriptions: new Set() };
      this.readers.set(userId, reader);
      for (const chatId of chats) this.link(reader, chatId);
    }
    reader.subscriptions.add(subscription);
  }

  part(subscription: LiveSubscription): void {
    const { userId } = subscription.options;
    this.wide.delete(subscription);
    const reader = userId === undefined ? undefined : this.readers.get(userId);
    if (!reader) return;
    reader.subscriptions.delete(subscription);
    if (reader.subscriptions.size > 0) return;
    this.readers.delete(reader.userId);
    for (const chatId of [...reader.chats]) this.unlink(reader, chatId);
  }

  private remember(outgoing: Outgoing): void {
    if (this.ring.length >= ringEvents * 2) this.ring = this.ring.slice(-ringEvents);
    this.ring.push(outgoing);
  }

  private offer(reader: Reader | undefined, outgoing: Outgoing): void {
    if (reader) for (const subscription of reader.subscriptions) subscription.live(outgoing);
  }

  private enter(event: LogEvent): void {
    for (const userId of entering(event)) {
      const reader = this.readers.get(userId);
      if (reader && event.chatId) this.link(reader, event.chatId);
    }
  }

  private leave(event: LogEvent): void {
    if (!event.chatId) return;
    if (event.type === "chat.deleted")
      for (const reader of [...(this.byChat.get(event.chatId) ?? [])]) this.unlink(reader, event.chatId);
    const gone = event.type === "member.removed" ? this.readers.get(String(event.payload.userId)) : undefined;
    if (gone) this.unlink(gone, event.chatId);
  }

  private link(reader: Reader, chatId: string): void {
    reader.chats.add(chatId);
    let readers = this.byChat.get(chatId);
    if (!readers) {
      readers = new Set();
      this.byChat.set(chatId, readers);
    }
    readers.add(reader);
  }

  private unlink(reader: Reader, chatId: string): void {
    reader.chats.delete(chatId);
    const readers = this.byChat.get(chatId);
    readers?.delete(reader);
    if (readers?.size === 0) this.byChat.delete(chatId);
  }
}

/** Users whom an event brings into its chat. */
export function entering(event: LogEvent): string[] {
  if (event.type === "chat.created") return event.internal?.memberIds ?? [];
  return event.type === "member.added" ? [String(event.payload.userId)] : [];
}

/** Rolls a user's set of chats over an event; true when the user sees it. The rule of membership spans, in memory. */
export function rollOver(chats: Set<string>, userId: string, event: LogEvent): boolean {
  if (event.userId !== undefined) return event.userId === userId;
  if (!event.chatId) return false;
  if (entering(event).includes(userId)) chats.add(event.chatId);
  const sees = chats.has(event.chatId);
  if (event.type === "chat.deleted" || (event.type === "member.removed" && event.payload.userId === userId))
    chats.delete(event.chatId);
  return sees;
}
