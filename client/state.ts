import type { AsidePage } from "./aside.ts";
import {
  actOnAside,
  actOnLog,
  applyToChat,
  type Change,
  type ChatState,
  type MemberPages,
  newChatState,
  withMembers,
  withMute,
  withNewestOnly,
  withoutStaleTyping,
  withReadPosition,
  withStaleMembers,
  withStanding,
  withToldPosition,
} from "./chat-state.ts";
import { applyNotification, emptyInbox, type InboxAction, type InboxState, reduceInbox } from "./inbox-state.ts";
import type { LogAction, Outgoing } from "./message-log.ts";
import { namedBy, withAsked, withStranger } from "./strangers.ts";
import type { Chat, Counters, LiveEvent, Message, Notification, Person, Presence } from "./types.ts";

/** `reconnecting` comes back by itself; `offline` was asked for, here or by the service; `signed-out` needs a new token. */
export type Link = "connecting" | "live" | "reconnecting" | "offline" | "signed-out";

/** All that one person's page knows. */
export interface State {
  me: string;
  phase: "loading" | "ready" | "failed";
  /** Why it failed, or why there is no token any more. */
  problem: string | undefined;
  link: Link;
  chats: Readonly<Record<string, ChatState>>;
  /** Cursor of the next page of chats; null when all are here. */
  moreChats: string | null;
  /** Chats that are to be fetched, because events named them, and how many did. */
  wanted: Readonly<Record<string, number>>;
  /** Chats that this person is not in, or that are deleted, as far as it is known. */
  gone: Readonly<Record<string, true>>;
  /** What was written to those and not sent, by chat: it goes nowhere, and is there to be copied until it is given up. */
  undeliverable: Readonly<Record<string, readonly Outgoing[]>>;
  people: Readonly<Record<string, Person>>;
  presence: Readonly<Record<string, Presence>>;
  inbox: InboxState;
  /** As the service last counted; undefined before it did. */
  counters: Counters | undefined;
}

/** Of a user about whom there was no answer, the id alone. */
type PresenceAnswer = Presence | { userId: string; state?: undefined };

export type Action =
  | { type: "phase"; phase: State["phase"]; problem?: string }
  | { type: "named"; me: string }
  | { type: "link"; link: Link }
  | { type: "chats-loaded"; chats: readonly Chat[]; more: string | null }
  /** `before`: what was known when the list was asked for. */
  | { type: "chats-reloaded"; chats: readonly Chat[]; more: string | null; before: State }
  /** `stale`: events have overtaken it, so it is to be asked for again. */
  | { type: "chat-loaded"; chat: Chat; stale?: boolean }
  /** Of a summary that events have overtaken. */
  | { type: "standing"; chat: Chat }
  | { type: "chat-gone"; chatId: string }
  | { type: "undeliverable"; chatId: string; item: Outgoing }
  | { type: "earlier"; chatId: string; cursor: string | null }
  | { type: "trimmed"; chatId: string }
  | ({ type: "aside-loaded"; chatId: string } & AsidePage)
  /** Left, or kept as another one. */
  | { type: "aside"; chatId: string; key?: number }
  | ({ type: "members-loaded"; chatId: string } & MemberPages)
  /** `asked`: of whom in which chat, where that was for these alone. */
  | { type: "people-known"; people: readonly Person[]; asked?: { chatId: string; userIds: readonly string[] } }
  /** `before`: what was known when it was asked for. What was said since is newer. */
  | { type: "presence-known"; presence: readonly PresenceAnswer[]; before: State["presence"] }
  | { type: "log"; chatId: string; action: LogAction }
  /** `told`: the service knows of it, so that a summary it gives from now on is true. */
  | { type: "read"; chatId: string; seq: number; told?: boolean }
  | { type: "muted"; chatId: string; notifications: Chat["notifications"] }
  | { type: "changing"; chatId: string; messageId: string; change: Change | undefined }
  | { type: "inbox"; action: InboxAction }
  | { type: "counted"; counters: Counters }
  | { type: "tick"; now: number }
  | { type: "event"; event: LiveEvent; now: number };

export function emptyState(me: string): State {
  return {
    me,
    phase: "loading",
    problem: undefined,
    link: "connecting",
    chats: {},
    moreChats: null,
    wanted: {},
    gone: {},
    undeliverable: {},
    people: {},
    presence: {},
    inbox: emptyInbox,
    counters: undefined,
  };
}

/** Pure: the same state and action give the same state. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "phase":
      return { ...state, phase: action.phase, problem: action.problem };
    case "named":
      return state.me === action.me ? state : withMe(state, action.me);
    case "link":
      if (state.link === action.link) return state;
      return { ...state, link: action.link, problem: action.link === "live" ? undefined : state.problem };
    case "chats-loaded":
      return { ...action.chats.reduce(withChat, state), moreChats: action.more };
    case "chats-reloaded":
      return reloadChats(state, action);
    case "chat-loaded":
      // Lists say who wrote the last message; the summary of one chat says the id alone.
      return inChat(withChat(state, action.chat), action.chat.id, (chat) =>
        withStranger(action.stale ? { ...chat, stale: true } : chat, state.people, action.chat.lastMessage?.senderId),
      );
    case "standing":
      return inChat(state, action.chat.id, (chat) => withStanding(chat, action.chat));
    case "chat-gone":
      return withoutChat(state, action.chatId);
    case "undeliverable":
      return withUndeliverable(state, action.chatId, [
        ...(state.undeliverable[action.chatId] ?? []).filter(
          ({ clientMessageId }) => clientMessageId !== action.item.clientMessageId,
        ),
        action.item,
      ]);
    case "earlier":
      return inChat(state, action.chatId, (chat) => ({ ...chat, earlier: action.cursor }));
    case "trimmed":
      return inChat(state, action.chatId, withNewestOnly);
    case "aside-loaded":
      return inChat(state, action.chatId, (chat) => actOnAside(chat, action));
    case "aside": {
      const { key } = action;
      return inChat(state, action.chatId, (chat) =>
        chat.aside ? { ...chat, aside: key ? { ...chat.aside, key } : undefined } : chat,
      );
    }
    case "members-loaded": {
      const people = action.members.map(({ user }) => user);
      return withPeople(
        inChat(state, action.chatId, (chat) => withMembers(chat, action)),
        people,
      );
    }
    case "people-known": {
      const { people, asked } = action;
      const next = people.length === 0 ? state : withPeople(state, people);
      return asked ? inChat(next, asked.chatId, (chat) => withAsked(chat, asked.userIds)) : next;
    }
    case "presence-known":
      return withPresence(
        state,
        action.presence.filter(({ userId }) => [undefined, action.before[userId]].includes(state.presence[userId])),
      );
    case "log":
      if (!state.chats[action.chatId] && action.action.type === "discarded")
        return withoutUndeliverable(state, action.chatId, action.action.clientMessageId);
      return inChat(state, action.chatId, (chat) => actOnLog(chat, action.action));
    case "read":
      return inChat(state, action.chatId, (chat) =>
        action.told ? withToldPosition(chat, action.seq) : withReadPosition(chat, action.seq),
      );
    case "muted":
      // Another device may have chosen since the answer was made.
      return inChat(state, action.chatId, (chat) => ({ ...withMute(chat, action.notifications), stale: true }));
    case "changing": {
      const { messageId, change } = action;
      return inChat(state, action.chatId, (chat) => {
        const { [messageId]: _, ...changes } = chat.changes;
        return { ...chat, changes: change ? { ...changes, [messageId]: change } : changes };
      });
    }
    case "inbox":
      return { ...state, inbox: reduceInbox(state.inbox, action.action) };
    case "counted":
      return { ...state, counters: action.counters };
    case "tick":
      return Object.keys(state.chats).reduce(
        (next, chatId) => inChat(next, chatId, (chat) => withoutStaleTyping(chat, action.now)),
        state,
      );
    case "event":
      return applyEvent(state, action.event, action.now);
  }
}

/** Chats by newest activity. */
export function chatsInOrder(state: State): ChatState[] {
  return Object.values(state.chats).sort((a, b) => activeAt(b).localeCompare(activeAt(a)));
}

/** Unread messages over all chats that are here, without those that are muted. */
export function unreadInChats(state: State): number {
  return Object.values(state.chats).reduce((sum, { chat }) => sum + (isMuted(chat) ? 0 : (chat.unreadCount ?? 0)), 0);
}

export function isMuted({ notifications }: Chat, now = Date.now()): boolean {
  if (!notifications || notifications.mute === "none") return false;
  return notifications.until === undefined || Date.parse(notifications.until) > now;
}

/** Whether a message makes no sign: one that mentions the person does, unless the whole chat is muted. */
export function isSilent(chat: Chat, { mentionUserIds = [] }: Pick<Message, "mentionUserIds">, me: string): boolean {
  if (chat.notifications?.mute === "except-mentions" && mentionUserIds.includes(me)) return false;
  return isMuted(chat);
}

/** Counts the events of a chat, be it here or wanted. */
function versionOf({ chats, wanted }: State, chatId: string): number | undefined {
  return chats[chatId]?.version ?? wanted[chatId];
}

/** Whether the chat was left or deleted since `before`: an answer that was asked for then does not know it. */
function isLeftSince(before: State, { gone }: State, chatId: string): boolean {
  return gone[chatId] !== undefined && before.gone[chatId] === undefined;
}

/** Whether there was news of the chat since `before`: an answer that was asked for then may be older. */
export function isOvertaken(before: State, state: State, chatId: string): boolean {
  return isLeftSince(before, state, chatId) || versionOf(before, chatId) !== versionOf(state, chatId);
}

/** Whether it is not here, and was not left since `before`: an answer that was asked for then is better than none. */
export function isStillWanted(before: State, state: State, chatId: string): boolean {
  const isGone = state.gone[chatId] && !state.wanted[chatId];
  return !state.chats[chatId] && !isGone && !isLeftSince(before, state, chatId);
}

function activeAt({ chat }: ChatState): string {
  return chat.lastMessage?.createdAt ?? chat.createdAt;
}

function applyEvent(state: State, event: LiveEvent, now: number): State {
  if (event.type === "presence") return withPresence(state, [event.data as unknown as Presence]);
  if (event.type.startsWith("notification."))
    return { ...state, inbox: applyNotification(state.inbox, event.data as unknown as Notification) };
  const chatId = event.chatId ?? (event.type.startsWith("chat.") ? String(event.data.id) : undefined);
  if (chatId === undefined) return state;
  const removedMe = event.type === "member.removed" && event.data.userId === state.me;
  if (event.type === "chat.deleted" || removedMe) return withoutChat(state, chatId);
  if (state.chats[chatId])
    return inChat(state, chatId, (chat) => withStranger(applyToChat(chat, event, now), state.people, namedBy(event)));
  // Durable news of a chat that is not here: it was just made, joined, or lies beyond the loaded pages.
  if (event.eventId === undefined) return state;
  return { ...state, wanted: { ...state.wanted, [chatId]: (state.wanted[chatId] ?? 0) + 1 } };
}

/** Also in what is there of chats already. */
function withMe(state: State, me: string): State {
  const chats = Object.entries(state.chats).map(([id, chat]) => [id, { ...chat, log: { ...chat.log, me } }]);
  return { ...state, me, chats: Object.fromEntries(chats) };
}

function withChat(state: State, chat: Chat): State {
  const known = state.chats[chat.id];
  const { [chat.id]: _, ...wanted } = state.wanted;
  const { [chat.id]: __, ...gone } = state.gone;
  const { [chat.id]: unsent = [], ...undeliverable } = state.undeliverable;
  const next = newChatState(state.me, chat, known);
  // It was written before, perhaps long ago: the person sends it, or does not.
  const held = unsent.map((item): Outgoing => ({ ...item, status: "refused", reason: "You were out of this chat." }));
  const log = { ...next.log, outbox: [...next.log.outbox, ...held] };
  const chats = { ...state.chats, [chat.id]: held.length === 0 ? next : { ...next, log } };
  return { ...state, wanted, gone, undeliverable, chats };
}

/** After a gap in the events: what the list names is as it says, what it does not name is asked for one by one. */
function reloadChats(state: State, { chats, more, before }: Extract<Action, { type: "chats-reloaded" }>): State {
  const listed = new Set(chats.map(({ id }) => id));
  const isLeft = ({ id }: Chat) => isLeftSince(before, state, id);
  const next = chats.filter((chat) => !isLeft(chat)).reduce(withChat, state);
  // Perhaps one is in it again by now: it is asked for before it is shown.
  const asked = Object.fromEntries(chats.filter(isLeft).map(({ id }) => [id, state.wanted[id] ?? 1]));
  const marked = Object.fromEntries(
    Object.entries(next.chats).map(([id, chat]) => {
      // Events came in while the list was on its way, so it may be older than they are.
      const summary = { ...chat, stale: chat.stale || isOvertaken(before, state, id) || !listed.has(id) };
      // The two of a direct chat stay while it counts two, and how far the other has read is shown in an open one only.
      return [id, chat.chat.kind === "direct" && chat.log.from === null ? summary : withStaleMembers(summary)];
    }),
  );
  // Which chats one came into meanwhile is not known either.
  return { ...next, wanted: { ...next.wanted, ...asked }, gone: {}, chats: marked, moreChats: more };
}

function withoutChat(state: State, chatId: string): State {
  const { [chatId]: _, ...chats } = state.chats;
  const { [chatId]: __, ...wanted } = state.wanted;
  const next = { ...state, chats, wanted, gone: { ...state.gone, [chatId]: true as const } };
  const unsent = state.chats[chatId]?.log.outbox ?? [];
  return unsent.length === 0 ? next : withUndeliverable(next, chatId, unsent);
}

function withUndeliverable(state: State, chatId: string, items: readonly Outgoing[]): State {
  const { [chatId]: _, ...others } = state.undeliverable;
  return { ...state, undeliverable: items.length === 0 ? others : { ...others, [chatId]: items } };
}

function withoutUndeliverable(state: State, chatId: string, clientMessageId: string): State {
  const items = (state.undeliverable[chatId] ?? []).filter((item) => item.clientMessageId !== clientMessageId);
  return withUndeliverable(state, chatId, items);
}

function inChat(state: State, chatId: string, change: (chat: ChatState) => ChatState): State {
  const chat = state.chats[chatId];
  if (!chat) return state;
  const next = change(chat);
  return next === chat ? state : { ...state, chats: { ...state.chats, [chatId]: next } };
}

function withPeople(state: State, people: readonly Person[]): State {
  return { ...state, people: { ...state.people, ...Object.fromEntries(people.map((one) => [one.userId, one])) } };
}

function withPresence(state: State, presence: readonly PresenceAnswer[]): State {
  const known = { ...state.presence };
  for (const one of presence) {
    if (one.state) known[one.userId] = one;
    else delete known[one.userId];
  }
  return { ...state, presence: known };
}
