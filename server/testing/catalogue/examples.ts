import type { Role } from "../../auth/roles.ts";
import type { ErrorCode } from "../../errors.ts";
import type { Catalogue } from "../../operations.ts";
import {
  byAdmin,
  byAnyone,
  byAnyUser,
  byInstallation,
  byKey,
  byMember,
  byMemberOrAdmin,
  byOwner,
  byUserOrKey,
  log,
  noInput,
} from "./examples-callers.ts";
import { developerExamples } from "./examples-developers.ts";
import { inboxExamples } from "./examples-inbox.ts";
import { mailExamples } from "./examples-mail.ts";
import { operatorExamples } from "./examples-operators.ts";
import { personExamples } from "./examples-people.ts";
import { policyExamples } from "./examples-policy.ts";
import { pusherExamples } from "./examples-pusher.ts";
import { webhookExamples } from "./examples-webhooks.ts";
import type { Side, Who } from "./world.ts";

export type OperationName = {
  [Noun in keyof Catalogue & string]: `${Noun}.${keyof Catalogue[Noun] & string}`;
}[keyof Catalogue & string];

export type Answer = "ok" | ErrorCode;

/** One row an operation, written by hand: what the generated tests know of it beside the catalogue. */
export interface Example {
  /** A valid call, by whoever may make it. */
  input(side: Side): Record<string, unknown>;
  /** What each caller is told. */
  callers: Record<Who, Answer>;
  /** The same over the hub, which is a tenant's and has only users. */
  onHub?: Partial<Record<Who, Answer>>;
  /** Tables whose rows the call changes. */
  changes: string[];
  /** Field that takes an id → the answer when the id is the other tenant's; `ok` where the caller makes the id up, as any tenant may. */
  foreign: Record<string, Answer>;
  /** What operators are told over tRPC, where it is not what their role is told of queries or of mutations. */
  operators?: Partial<Record<Role, Answer>>;
}

/** What locks the tenant is none of the support's business. */
const noSupport: Example["operators"] = { support: "forbidden" };

const ofChat = ({ ids }: Side) => ({ chatId: ids.chatId });
const ofMessage = ({ ids }: Side) => ({ chatId: ids.chatId, messageId: ids.messageId });
const foreignChat = { chatId: "not_found" } as const;
const foreignMessage = { chatId: "not_found", messageId: "not_found" } as const;

export const examples: Record<OperationName, Example> = {
  "chats.create": {
    input: () => ({ name: "Boat deck", memberUserIds: ["ben"], metadata: { deck: 3 } }),
    callers: byAnyUser,
    changes: [...log, "chats", "chat_heads", "members", "membership_spans"],
    foreign: {},
  },
  "chats.list": { input: noInput, callers: byAnyUser, changes: [], foreign: {} },
  "chats.get": { input: ofChat, callers: byMember, changes: [], foreign: foreignChat },
  "chats.update": {
    input: (side) => ({ ...ofChat(side), name: "Crew of two", metadata: { deck: 4 } }),
    callers: byMember,
    changes: [...log, "chats", "chat_heads"],
    foreign: foreignChat,
  },
  "chats.delete": {
    input: ofChat,
    callers: byMemberOrAdmin,
    changes: [...log, "chats", "chat_heads", "members", "membership_spans"],
    foreign: foreignChat,
  },
  "chats.setNotifications": {
    input: (side) => ({ ...ofChat(side), mute: "all", until: "2040-01-31T09:00:00Z" }),
    callers: byMember,
    changes: ["events", "members", "tenant_log"],
    foreign: foreignChat,
  },
  "members.list": {
    input: (side) => ({ ...ofChat(side), expand: true }),
    callers: byMember,
    changes: [],
    foreign: foreignChat,
  },
  "members.listPeople": {
    input: (side) => ({ ...ofChat(side), userIds: ["ben"] }),
    callers: byMember,
    changes: [],
    foreign: foreignChat,
  },
  "members.add": {
    input: (side) => ({ ...ofChat(side), userId: "eve" }),
    callers: byMember,
    changes: [...log, "chat_heads", "members", "membership_spans"],
    foreign: foreignChat,
  },
  "members.remove": {
    input: (side) => ({ ...ofChat(side), userId: "ben" }),
    callers: byMember,
    changes: [...log, "chat_heads", "members", "membership_spans"],
    foreign: foreignChat,
  },
  "members.update": {
    input: (side) => ({ ...ofChat(side), userId: "ben", role: "moderator" }),
    callers: byMemberOrAdmin,
    changes: [...log, "members", "chat_heads"],
    foreign: { chatId: "not_found", userId: "not_found" },
  },
  "messages.send": {
    input: (side) => ({
      ...ofChat(side),
      content: "Cast off",
      replyToId: side.ids.messageId,
      metadata: { at: 9 },
      mentionUserIds: ["ben"],
    }),
    callers: byMember,
    changes: [...log, "chat_heads", "members", "messages"],
    foreign: { chatId: "not_found", replyToId: "invalid" },
  },
  "messages.list": { input: ofChat, callers: byMember, changes: [], foreign: foreignChat },
  "messages.get": { input: ofMessage, callers: byMember, changes: [], foreign: foreignMessage },
  "messages.edit": {
    input: (side) => ({ ...ofMessage(side), content: "All aboard, please" }),
    callers: byMemberOrAdmin,
    changes: [...log, "chat_heads", "messages", "message_edits"],
    foreign: foreignMessage,
  },
  "messages.delete": {
    input: ofMessage,
    callers: byMemberOrAdmin,
    changes: [...log, "chat_heads", "messages", "message_edits"],
    foreign: foreignMessage,
  },
  "messages.listEdits": { input: ofMessage, callers: byMember, changes: [], foreign: foreignMessage },
  "reads.move": {
    input: (side) => ({ ...ofChat(side), seq: 2 }),
    callers: byMember,
    changes: [...log, "members"],
    foreign: foreignChat,
  },
  "events.list": {
    input: (side) => ({ after: side.since }),
    callers: byUserOrKey,
    changes: [],
    foreign: { after: "cursor_invalid" },
  },
  "typing.send": { input: ofChat, callers: byMember, changes: [], foreign: foreignChat },
  "presence.get": { input: () => ({ userIds: ["ben"] }), callers: byAnyUser, changes: [], foreign: foreignChat },
  "presence.set": { input: () => ({ state: "away" }), callers: byAnyUser, changes: [], foreign: {} },
  "users.get": {
    input: () => ({ userId: "ada" }),
    callers: byOwner,
    changes: [],
    foreign: { userId: "forbidden" },
  },
  "users.put": {
    input: () => ({ userId: "ada", displayName: "Ada L.", email: "ada@example.com", timezone: "Europe/London" }),
    callers: byOwner,
    changes: ["users"],
    foreign: { userId: "forbidden" },
  },
  "users.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "users.revoke": { input: () => ({ userId: "ben" }), callers: byAdmin, changes: ["users"], foreign: {} },
  "tokens.create": {
    input: () => ({ userId: "dan", groups: ["Crew"], expiresInSeconds: 60 }),
    callers: byKey,
    changes: ["users"],
    foreign: {},
  },
  "apiKeys.list": { input: noInput, callers: byAdmin, changes: [], foreign: {}, operators: noSupport },
  "apiKeys.create": {
    input: () => ({ name: "Import", scopes: ["chats:write"] }),
    callers: byAdmin,
    changes: ["api_keys"],
    foreign: {},
  },
  "apiKeys.rotate": {
    input: () => ({ kind: "secondary" }),
    callers: byAdmin,
    changes: ["api_keys"],
    foreign: { kind: "not_found" },
  },
  "apiKeys.delete": {
    input: ({ ids }) => ({ keyId: ids.keyId }),
    callers: byAdmin,
    changes: ["api_keys"],
    foreign: { keyId: "not_found" },
  },
  "issuers.list": { input: noInput, callers: byAdmin, changes: [], foreign: {}, operators: noSupport },
  "issuers.create": {
    input: () => ({ name: "Kiosk", kind: "hs256", secret: "k".repeat(40), issuer: "https://kiosk.example" }),
    callers: byAdmin,
    changes: ["issuers"],
    foreign: {},
  },
  "issuers.update": {
    input: ({ ids }) => ({ issuerId: ids.issuerId, name: "Portal 2", enabled: false }),
    callers: byAdmin,
    changes: ["issuers"],
    foreign: { issuerId: "not_found" },
  },
  "issuers.delete": {
    input: ({ ids }) => ({ issuerId: ids.issuerId }),
    callers: byAdmin,
    changes: ["issuers"],
    foreign: { issuerId: "not_found" },
  },
  "issuers.test": {
    input: ({ credentials }) => ({ token: credentials.member.bearer }),
    callers: byAdmin,
    changes: [],
    foreign: {},
    operators: { ...noSupport, "read-only": "ok" },
  },
  ...pusherExamples,
  "tenants.get": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "tenants.update": {
    input: () => ({ name: "Lighthouse", settings: { tokenExpiry: { grace: 30 } } }),
    callers: byAdmin,
    changes: ["tenants"],
    foreign: {},
  },
  "tenants.revokeAll": { input: noInput, callers: byAdmin, changes: ["tenants"], foreign: {} },
  "installation.createTenant": {
    input: ({ tenantId }) => ({ id: `${tenantId}-new`, name: "Harbour" }),
    callers: byInstallation,
    onHub: { member: "not_found", outsider: "not_found", admin: "not_found", keyAsMember: "not_found" },
    changes: [],
    foreign: {},
  },
  ...policyExamples,
  "demo.get": { input: noInput, callers: byAnyone, changes: [], foreign: {} },
  "metrics.read": { input: () => ({ range: "day" }), callers: byAdmin, changes: [], foreign: {} },
  "hosted.get": { input: noInput, callers: byAnyone, changes: [], foreign: {} },
  ...inboxExamples,
  ...operatorExamples,
  ...developerExamples,
  ...mailExamples,
  ...webhookExamples,
  ...personExamples,
};

/** Whom the hub does not let in: it is for users. */
const notOnHub: Partial<Record<Who, Answer>> = {
  visitor: "unauthenticated",
  key: "user_required",
  installation: "forbidden",
};

/** What a caller is told on a transport. */
export function answerTo(example: Example, who: Who, transport: "rest" | "trpc" | "signalr"): Answer {
  if (transport !== "signalr") return example.callers[who];
  return notOnHub[who] ?? example.onHub?.[who] ?? example.callers[who];
}

const preferred: Who[] = ["member", "admin", "keyAsMember", "key", "installation"];

/** Somebody who may call: somebody who may on every transport, if there is one. */
export function callerOf(example: Example): Who {
  return preferred.find((who) => example.callers[who] === "ok") ?? "visitor";
}
