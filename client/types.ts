import type { Calls } from "./calls.ts";

export type Chat = Omit<Calls["chats.get"]["output"], "lastMessage"> & { lastMessage?: Message };
/** How much of a chat makes a sign. */
export type Mute = NonNullable<Chat["notifications"]>["mute"];
/** Without the spellings that the service adds for clients of other systems. */
export type Message = Omit<
  Calls["messages.send"]["output"],
  "message" | "senderUserId" | "userId" | "sentAt" | "timestamp"
>;
export type Presence = Calls["presence.get"]["output"]["data"][number];
export type User = Calls["users.get"]["output"];
export type Demo = Calls["demo.get"]["output"];
export type DemoUser = Demo["users"][number];
export type Member = Exclude<Calls["members.list"]["output"]["data"][number], string>;

export type Notification = Calls["notifications.setRead"]["output"];
export type Counters = Calls["inbox.getCounters"]["output"];
export type Preferences = Calls["preferences.get"]["output"];
export type PreferenceChanges = Calls["preferences.put"]["input"];

type DurableEvent = Calls["events.list"]["output"]["data"][number];

/** Durable events carry an `eventId`, the place in the log; ephemeral ones have none and may be lost. */
export interface LiveEvent {
  type: DurableEvent["type"] | "typing" | "presence" | "receipt";
  eventId?: string;
  chatId?: string;
  /** On `message.*` only. */
  seq?: number;
  data: Record<string, unknown>;
}

/** What one knows of a person without asking. */
export interface Person {
  userId: string;
  displayName?: string | null;
  avatarUrl?: string | null;
}
