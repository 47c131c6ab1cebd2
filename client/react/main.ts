// The entry @parley/client/react.
export { ParleyProvider, useParley, useParleyState } from "./provider.tsx";
export { type OpenChat, useChat } from "./use-chat.ts";
export { type Chats, useChats } from "./use-chats.ts";
export { type InboxList, useInbox } from "./use-inbox.ts";
export { usePresence } from "./use-presence.ts";
export { type Unread, useUnread } from "./use-unread.ts";
