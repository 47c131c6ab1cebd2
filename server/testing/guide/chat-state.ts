import type { Chat } from "../../domain/chats/schema.ts";
import type { Message } from "../../domain/messages/schema.ts";
import type { Caller } from "../stack.ts";

interface Event {
  type: string;
  chatId?: string;
  data: Record<string, unknown>;
}

interface KnownChat {
  id: string;
  name: string;
  lastSeq: number;
  lastReadSeq: number;
  members: Set<string>;
  messages: Map<string, Message>;
}

/** What the service would answer for a chat and its messages, as far as a client can know it. */
export interface ChatView {
  id: string;
  name: string;
  lastSeq: number;
  lastReadSeq: number;
  memberCount: number;
  unreadCount: number;
  /** Newest first. */
  messages: Message[];
}

/**
 * What one user's client keeps of its chats: loaded once, then kept true by the user's events alone. A chat that the user comes into is
 * loaded when the event says so; that it may be newer than the event does no harm, since each event sets what it names.
 */
export class ChatState {
  private readonly chats = new Map<string, KnownChat>();
  private cursor = "";
  private readonly userId: string;
  private readonly call: Caller;

  constructor(userId: string, call: Caller) {
    this.userId = userId;
    this.call = call;
  }

  async load(): Promise<void> {
    const { headers, body } = await this.call<{ data: Chat[] }>("GET", "/Chat?pageSize=50");
    this.cursor = headers.get("x-event-cursor") ?? "";
    for (const { id } of body.data) await this.loadChat(id);
  }

  /** Applies what happened since the last time, a page at a time. */
  async catchUp(): Promise<void> {
    for (;;) {
      const query = `/events?limit=7&after=${this.cursor}`;
      const { body } = await this.call<{ data: Event[]; nextCursor: string }>("GET", query);
      for (const event of body.data) await this.apply(event);
      this.cursor = body.nextCursor;
      if (body.data.length === 0) return;
    }
  }

  views(): ChatView[] {
    return [...this.chats.values()]
      .map((chat) => {
        const messages = [...chat.messages.values()].sort((a, b) => b.seq - a.seq);
        const { id, name, lastSeq, lastReadSeq } = chat;
        const unreadCount = countUnread(messages, lastReadSeq, this.userId);
        return { id, name, lastSeq, lastReadSeq, memberCount: chat.members.size, unreadCount, messages };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private async apply({ type, data, chatId = "" }: Event): Promise<void> {
    const own = data.userId === this.userId;
    if (type === "chat.created" || (type === "member.added" && own)) return await this.loadChat(chatId);
    const chat = this.chats.get(chatId);
    if (!chat) return;
    if (type.startsWith("message.")) this.takeMessage(chat, type, data as unknown as Message);
    else if (type === "chat.updated") chat.name = String(data.name);
    else if (type === "chat.deleted" || (type === "member.removed" && own)) this.chats.delete(chatId);
    else if (type === "member.added") chat.members.add(String(data.userId));
    else if (type === "member.removed") chat.members.delete(String(data.userId));
    else if (type === "read.moved") chat.lastReadSeq = Number(data.seq);
  }

  private takeMessage(chat: KnownChat, type: string, message: Message): void {
    chat.messages.set(message.id, message);
    chat.lastSeq = Math.max(chat.lastSeq, message.seq);
    // Who sends has read what is there.
    if (type === "message.created" && message.senderId === this.userId) chat.lastReadSeq = message.seq;
  }

  private async loadChat(id: string): Promise<void> {
    const view = await readChat(this.call, id);
    if (!view) return;
    const members = await this.call<{ data: string[] }>("GET", `/Chat/${id}/members?pageSize=50`);
    const messages = new Map(view.messages.map((message) => [message.id, message]));
    this.chats.set(id, { ...view, members: new Set(members.body.data), messages });
  }
}

/** The chat as the service answers now; undefined for one that the caller is not in. */
export async function readChat(call: Caller, id: string): Promise<ChatView | undefined> {
  const chat = await call<Chat>("GET", `/Chat/${id}`);
  const messages = await call<{ data: Message[] }>("GET", `/Chat/${id}/messages?limit=200`);
  if (chat.status !== 200 || messages.status !== 200) return undefined;
  const { name, lastSeq, lastReadSeq = 0, unreadCount = 0, memberCount } = chat.body;
  return { id, name, lastSeq, lastReadSeq, unreadCount, memberCount, messages: messages.body.data };
}

/** The unread count by its definition: messages of others after the read position that are not deleted; 100 means more. */
export function countUnread(messages: Message[], lastReadSeq: number, userId: string): number {
  const unread = messages.filter(
    ({ seq, deletedAt, senderId }) => seq > lastReadSeq && !deletedAt && senderId !== userId,
  );
  return Math.min(unread.length, 100);
}
