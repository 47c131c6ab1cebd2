import { type Aside, type AsidePage, withAsidePage, withVersionOf } from "./aside.ts";
import { emptyLog, type LogAction, type MessageLog, readableMessages, reduceLog } from "./message-log.ts";
import type { Chat, LiveEvent, Member, Message } from "./types.ts";

/** What is to be done to a message of one's own, shown before the service has confirmed it. */
export type Change = Pick<Message, "content" | "mentionUserIds"> | { deleted: true };

/** What this page knows of one chat. */
export interface ChatState {
  chat: Chat;
  log: MessageLog;
  /** Cursor of the next older page; null at the start of the conversation, undefined before the first page. */
  earlier: string | null | undefined;
  /** What is shown in place of the newest messages. */
  aside: Aside | undefined;
  /** The first pages of them, with names; undefined before they were asked for. */
  members: readonly Member[] | undefined;
  /** Cursor of the next page of them; null where all are here. */
  moreMembers: string | null;
  /** By id, people whom events have named, and of whom nothing else was known then. */
  strangers: Readonly<Record<string, "new" | "asked">>;
  /** The furthest that each other member has read, by user id. */
  reads: Readonly<Record<string, number>>;
  /** Until when (milliseconds, this page's clock) each other member counts as typing. */
  typing: Readonly<Record<string, number>>;
  /** By message id. */
  changes: Readonly<Record<string, Change>>;
  /** The events do not say enough: the summary has to be fetched again. */
  stale: boolean;
  /** The members have changed since they were fetched. */
  membersStale: boolean;
  /** How often they have: a list that was asked for before the last time may be older than that. */
  memberChanges: number;
  /** Counts the events applied, so that an answer older than an event is known for what it is. */
  version: number;
}

export const TYPING_LASTS_MS = 5_000;
/** The service counts unread messages up to here; 100 means more. */
const MOST_UNREAD = 100;
const KEPT = 200;

export function newChatState(me: string, chat: Chat, known?: ChatState): ChatState {
  const base: ChatState = known ?? {
    chat,
    log: emptyLog(me),
    earlier: undefined,
    aside: undefined,
    members: undefined,
    moreMembers: null,
    strangers: {},
    reads: {},
    typing: {},
    changes: {},
    stale: false,
    membersStale: false,
    memberChanges: 0,
    version: 0,
  };
  return withMemberCountSince(base, recount({ ...base, chat, stale: false }));
}

/** Of a summary that messages have overtaken what they do not change. It is still to be asked for, and so put right. */
export function withStanding(state: ChatState, { role, mutedUntil, memberCount }: Chat): ChatState {
  if (!state.stale) return state;
  return withMemberCountSince(state, { ...state, chat: { ...state.chat, role, mutedUntil, memberCount } });
}

/** The two of a direct chat stay, unless one is erased: its summary says so where no event does. */
function withMemberCountSince({ chat: before }: ChatState, next: ChatState): ChatState {
  const { kind, memberCount } = next.chat;
  return kind === "direct" && memberCount !== before.memberCount ? withStaleMembers(next) : next;
}

/** One event of this chat. Applying a durable event twice changes nothing. */
export function applyToChat(state: ChatState, event: LiveEvent, now: number): ChatState {
  const { me } = state.log;
  switch (event.type) {
    case "message.created":
    case "message.edited":
    case "message.deleted":
      return touched(applyMessage(state, event.data as unknown as Message));
    case "read.moved":
      return withToldPosition(state, Number(event.data.seq));
    case "chat.updated":
      return touched(withSettings(state, event.data as unknown as Chat));
    case "member.added":
    case "member.removed":
    case "member.updated": {
      const { notifications } = event.data as Pick<Chat, "notifications">;
      // Told to the person alone, and of nothing else.
      return notifications ? withMute(state, notifications) : touched(applyMember(state, event));
    }
    case "receipt": {
      const userId = String(event.data.userId);
      const seq = Math.max(state.reads[userId] ?? 0, Number(event.data.seq));
      return userId === me ? state : { ...state, reads: { ...state.reads, [userId]: seq } };
    }
    case "typing": {
      const userId = String(event.data.userId);
      return userId === me ? state : { ...state, typing: { ...state.typing, [userId]: now + TYPING_LASTS_MS } };
    }
    default:
      return state;
  }
}

/** How the person has muted the chat, on whichever device. */
export function withMute(state: ChatState, notifications: Chat["notifications"]): ChatState {
  return touched({ ...state, chat: { ...state.chat, notifications } });
}

/** A newer version of a message, from an event or an answer. */
export function applyMessage(state: ChatState, message: Message): ChatState {
  const { chat } = state;
  const log = reduceLog(state.log, { type: "seen", message });
  // What somebody says ends their "is typing" at once.
  const { [message.senderId]: _, ...typing } = state.typing;
  const isNew = message.seq > chat.lastSeq;
  const aside = state.aside && { ...state.aside, log: withVersionOf(state.aside.log, message) };
  const next = {
    ...state,
    log,
    aside,
    typing,
    chat: isNew ? withNewest(chat, message, log.me) : withVersion(chat, message),
  };
  // One that overtook another: if the other is not here soon, the summary has to be asked for.
  const overtook = message.seq > chat.lastSeq + 1;
  const countUnknown = !isNew && message.deletedAt !== undefined && message.seq > (chat.lastReadSeq ?? 0);
  return recount({ ...next, stale: state.stale || overtook || countUnknown });
}

export function actOnLog(state: ChatState, action: LogAction): ChatState {
  if (action.type === "seen") return applyMessage(state, action.message);
  return recount({ ...state, log: reduceLog(state.log, action) });
}

/** What lies further back is to be loaded again. */
export function withNewestOnly(state: ChatState): ChatState {
  const messages = state.log.messages.slice(-KEPT);
  const from = messages[0]?.seq ?? null;
  return { ...state, log: { ...state.log, messages, from }, earlier: String(from) };
}

export function actOnAside(state: ChatState, page: AsidePage): ChatState {
  return recount(withAsidePage(state, page));
}

/** One's own read position, shown at once. The summary is not asked for yet: it would say what was read before. */
export function withReadPosition(state: ChatState, seq: number): ChatState {
  const { chat } = state;
  if (seq === chat.lastReadSeq) return state;
  const unreadCount = seq >= chat.lastSeq ? { unreadCount: 0 } : {};
  return recount({ ...state, chat: { ...chat, lastReadSeq: seq, ...unreadCount } });
}

/** The same as the service knows it, forwards, or back with "mark unread". Summaries that were asked for before are older than that. */
export function withToldPosition(state: ChatState, seq: number): ChatState {
  const moved = withReadPosition(state, seq);
  return touched({ ...moved, stale: moved.stale || seq < state.chat.lastSeq });
}

export interface MemberPages {
  members: readonly Member[];
  /** Cursor of what follows. */
  more: string | null;
  /** How often they had changed when these were asked for. */
  changes: number;
  /** Where they go on from those that are here; left out for a list from the first one on. */
  after?: string;
}

/** Loaded members. A list that may be older than what is here is not shown in its place; a page after it is, until the list is loaded again. */
export function withMembers(state: ChatState, { members, more, changes, after }: MemberPages): ChatState {
  const isOld = state.memberChanges !== changes;
  if (after === undefined && isOld && state.members) return { ...state, membersStale: true };
  if (after !== undefined && state.moreMembers !== after) return state;
  const { me } = state.log;
  const reads = { ...state.reads };
  for (const { userId, lastReadSeq } of members)
    if (userId !== me) reads[userId] = Math.max(reads[userId] ?? 0, lastReadSeq);
  return {
    ...state,
    members: after === undefined ? members : [...(state.members ?? []), ...members],
    moreMembers: more,
    membersStale: isOld || (after !== undefined && state.membersStale),
    reads,
  };
}

/** Typing is never taken back by an event: it ends when nobody renews it. */
export function withoutStaleTyping(state: ChatState, now: number): ChatState {
  const typing = Object.entries(state.typing).filter(([, until]) => until > now);
  if (typing.length === Object.keys(state.typing).length) return state;
  return { ...state, typing: Object.fromEntries(typing) };
}

/** The newest messages that are here: in order, up to the first hole, with one's own changes that are under way. */
export function visibleMessages({ log, changes }: ChatState): readonly Message[] {
  return withChanges(readableMessages(log), changes);
}

/** What is to be shown: these, or the stretch of older ones that is looked at. */
export function shownMessages({ log, aside, changes }: ChatState): readonly Message[] {
  return withChanges(readableMessages(aside?.log ?? log), changes);
}

function withChanges(messages: readonly Message[], changes: ChatState["changes"]): readonly Message[] {
  if (Object.keys(changes).length === 0) return messages;
  return messages.map((message) => {
    const change = changes[message.id];
    if (!change) return message;
    if ("content" in change) return { ...message, ...change, editedAt: message.editedAt ?? message.createdAt };
    return { ...message, content: "", deletedAt: message.createdAt };
  });
}

function touched(state: ChatState): ChatState {
  return { ...state, version: state.version + 1 };
}

function withNewest(chat: Chat, message: Message, me: string): Chat {
  const own = message.senderId === me;
  const unread = chat.unreadCount ?? 0;
  return {
    ...chat,
    lastSeq: message.seq,
    lastMessage: message,
    // Who sends has read what is there.
    ...(own
      ? { lastReadSeq: message.seq, unreadCount: 0 }
      : { unreadCount: Math.min(MOST_UNREAD, unread + (message.deletedAt ? 0 : 1)) }),
  };
}

function withVersion(chat: Chat, message: Message): Chat {
  if (chat.lastMessage?.id !== message.id) return chat;
  const { deletedAt, editedAt } = chat.lastMessage;
  const isOlder = deletedAt !== undefined || (editedAt !== undefined && editedAt > (message.editedAt ?? ""));
  return isOlder && message.deletedAt === undefined ? chat : { ...chat, lastMessage: message };
}

function withSettings(state: ChatState, { name, policy, frozen, metadata }: Chat): ChatState {
  return { ...state, chat: { ...state.chat, name, policy, frozen, metadata } };
}

function applyMember(state: ChatState, { type, data }: LiveEvent): ChatState {
  const userId = String(data.userId);
  const members =
    type === "member.removed" ? state.members?.filter((member) => member.userId !== userId) : state.members;
  const { [userId]: _, ...typing } = state.typing;
  return withStaleMembers({ ...state, members, typing, stale: true });
}

/** They have changed, or may have. */
export function withStaleMembers(state: ChatState): ChatState {
  return { ...state, membersStale: true, memberChanges: state.memberChanges + 1 };
}

/** Where all unread messages are loaded the count is theirs; elsewhere it stays what the service said. */
function recount(state: ChatState): ChatState {
  const { chat, log } = state;
  const read = chat.lastReadSeq ?? 0;
  const messages = readableMessages(log);
  const covers = log.from !== null && log.from <= read + 1 && (messages.at(-1)?.seq ?? 0) >= chat.lastSeq;
  if (!covers) return state;
  const unread = countUnread(messages, read, log.me);
  return chat.unreadCount === unread ? state : { ...state, chat: { ...chat, unreadCount: unread } };
}

function countUnread(messages: readonly Message[], read: number, me: string): number {
  let count = 0;
  for (let at = messages.length - 1; at >= 0 && count < MOST_UNREAD; at--) {
    const message = messages[at];
    if (!message || message.seq <= read) break;
    if (message.senderId !== me && message.deletedAt === undefined) count++;
  }
  return count;
}
