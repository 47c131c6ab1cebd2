/** The parts of the public API's answers that this page reads. */

export interface DemoUser {
  userId: string;
  displayName: string;
  avatarUrl: string | null;
  token: string;
}

export interface Demo {
  tenantId: string;
  tenantName: string;
  users: DemoUser[];
}

export interface Chat {
  id: string;
  name: string;
  kind: "group" | "direct";
  memberCount: number;
  unreadCount?: number;
  lastReadSeq?: number;
}

export interface Message {
  id: string;
  chatId: string;
  seq: number;
  content: string;
  senderId: string;
  createdAt: string;
  editedAt?: string | null;
  deletedAt?: string | null;
  clientMessageId?: string | null;
}

export interface Member {
  userId: string;
  lastReadSeq?: number;
  user?: { displayName?: string | null; avatarUrl?: string | null } | null;
}

export interface Presence {
  userId: string;
  state: "online" | "away" | "offline";
  lastSeen?: string | null;
}

/** The one server event of the hub. Ephemeral kinds (Typing, Presence, Receipt) carry no `eventId`. */
export interface MessagingEvent {
  type: string;
  id?: string;
  parentId?: string;
  seq?: number;
  eventId?: string;
  payload?: unknown;
}
