// The entry of the package @parley/client.
export { type Answer, Api, type CallOptions, type SeenCall, tenantAddress } from "./api.ts";
export type { Calls } from "./calls.ts";
export type { ChatRoom } from "./chat-room.ts";
export { type ChatState, shownMessages, visibleMessages } from "./chat-state.ts";
export { hubTransport } from "./hub-transport.ts";
export type { Inbox } from "./inbox.ts";
export { appearedAt, type InboxFilter, inboxItems } from "./inbox-state.ts";
export type { Outgoing } from "./message-log.ts";
export { Parley } from "./parley.ts";
export { ParleyError, sentenceOf, TokenError } from "./parley-error.ts";
export type { ParleyOptions } from "./parley-options.ts";
export type { CallName } from "./routes.ts";
export { standardTransports } from "./standard-transports.ts";
export { type Action, chatsInOrder, emptyState, type Link, reduce, type State, unreadInChats } from "./state.ts";
export type { Storage } from "./storage.ts";
export { streamTransport } from "./stream-transport.ts";
export type { GetToken } from "./token-keeper.ts";
export type { Connecting, Connection, Transport } from "./transport.ts";
export type {
  Chat,
  Counters,
  Demo,
  DemoUser,
  LiveEvent,
  Member,
  Message,
  Mute,
  Notification,
  Person,
  PreferenceChanges,
  Preferences,
  Presence,
  User,
} from "./types.ts";
