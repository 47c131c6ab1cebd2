import type { Inputs } from "../trpc.ts";

export type Scope = Inputs["apiKeys"]["create"]["scopes"][number];

/** Each scope in words. All of them: a scope that is missing here is an error of types. */
export const scopeTexts: Record<Scope, string> = {
  "chats:read": "Read chats and members",
  "chats:write": "Make and change chats and members",
  "messages:read": "Read messages",
  "messages:write": "Send, edit and delete messages",
  "notifications:read": "Read notifications",
  "notifications:write": "Send notifications",
  "users:read": "Read profiles",
  "users:write": "Write profiles",
  "events:read": "Read the log of events",
  "tokens:create": "Sign tokens for users",
  "act-as": "Act as any user",
  admin: "Administration: everything of this console",
};
