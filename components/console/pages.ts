import {
  Activity,
  BellRing,
  Cable,
  FileText,
  Hash,
  House,
  KeyRound,
  ListChecks,
  ListX,
  type LucideIcon,
  Mail,
  MailSearch,
  MailX,
  MessagesSquare,
  Play,
  Radio,
  RadioTower,
  ScrollText,
  Settings,
  ShieldCheck,
  Tags,
  Users,
  UsersRound,
  Webhook,
} from "lucide-react";
import type { Role } from "./trpc.ts";

export const groups = ["", "Messaging", "Notifications", "People", "Developers", "Operate"] as const;

export interface ConsolePage {
  /** Below `/t/{tenant}`. */
  path: string;
  label: string;
  group: (typeof groups)[number];
  icon: LucideIcon;
  /** After `g`. */
  key?: string;
  /** Who sees it; everybody unless given. */
  roles?: readonly Role[];
}

/** Names, hints and last use of keys, issuers and operators. */
export const seesCredentials: readonly Role[] = ["owner", "admin", "read-only"];

/** Every page of the console, once: the sidebar, the palette, the keys and the sheet of keys are made of it. */
export const consolePages: readonly ConsolePage[] = [
  { path: "", label: "Overview", group: "", icon: House, key: "o" },
  { path: "/chats", label: "Chats", group: "Messaging", icon: MessagesSquare, key: "m" },
  { path: "/users", label: "Users", group: "Messaging", icon: UsersRound, key: "u" },
  { path: "/notifications", label: "Notifications", group: "Notifications", icon: BellRing, key: "n" },
  { path: "/notifications/batches", label: "Sends to many", group: "Notifications", icon: Users },
  { path: "/templates", label: "Templates", group: "Notifications", icon: FileText, key: "f" },
  { path: "/categories", label: "Categories", group: "Notifications", icon: Tags },
  { path: "/topics", label: "Topics", group: "Notifications", icon: Hash },
  { path: "/deliveries", label: "Mail deliveries", group: "Notifications", icon: MailSearch },
  { path: "/suppressions", label: "Suppressions", group: "Notifications", icon: MailX },
  { path: "/mail", label: "Caught mail", group: "Notifications", icon: Mail, key: "e" },
  { path: "/keys", label: "API keys", group: "Developers", icon: KeyRound, key: "k", roles: seesCredentials },
  {
    path: "/issuers",
    label: "Issuers",
    group: "Developers",
    icon: ShieldCheck,
    key: "i",
    roles: seesCredentials,
  },
  { path: "/webhooks", label: "Webhooks", group: "Developers", icon: Webhook, key: "w" },
  { path: "/pusher", label: "Pusher app", group: "Developers", icon: RadioTower, roles: ["owner", "admin"] },
  { path: "/inspector", label: "Inspector", group: "Developers", icon: Radio, key: "r" },
  { path: "/playground", label: "Playground", group: "Developers", icon: Play, key: "p" },
  { path: "/requests", label: "API requests", group: "Developers", icon: Activity, key: "l" },
  {
    path: "/operators",
    label: "Operators",
    group: "Operate",
    icon: UsersRound,
    key: "t",
    roles: seesCredentials,
  },
  { path: "/audit", label: "Audit log", group: "Operate", icon: ScrollText, key: "a", roles: seesCredentials },
  { path: "/jobs", label: "Given-up jobs", group: "Operate", icon: ListX, key: "j" },
  { path: "/connections", label: "Connections", group: "Developers", icon: Cable, key: "c" },
  { path: "/tasks", label: "Tasks", group: "Operate", icon: ListChecks, key: "x" },
  { path: "/settings", label: "Settings", group: "Operate", icon: Settings, key: "s" },
];

export interface ConsoleAct {
  label: string;
  path: string;
}

/** What the palette can begin, for roles that change things. */
export const consoleActs: readonly ConsoleAct[] = [
  { label: "Send a notification", path: "/notifications/new" },
  { label: "Create a template", path: "/templates?create=true" },
  { label: "Send an address no mail", path: "/suppressions?create=true" },
  { label: "Create a chat", path: "/chats?create=true" },
  { label: "Add a user", path: "/users?create=true" },
  { label: "Create an API key", path: "/keys?create=true" },
  { label: "Add a webhook endpoint", path: "/webhooks?create=true" },
  { label: "Trust an issuer", path: "/issuers?create=true" },
  { label: "Invite an operator", path: "/operators?create=true" },
];

/** Objects that an id may be of. */
export const idPages: readonly { label: string; path: (id: string) => string }[] = [
  { label: "Request", path: (id) => `/requests?requestId=${encodeURIComponent(id)}` },
  { label: "Calls of the user", path: (id) => `/requests?userId=${encodeURIComponent(id)}` },
  { label: "Calls with the key", path: (id) => `/requests?keyId=${encodeURIComponent(id)}` },
  { label: "Acts of the operator", path: (id) => `/audit?actor=${encodeURIComponent(id)}` },
  { label: "Webhook endpoint", path: (id) => `/webhooks/${encodeURIComponent(id)}` },
  { label: "Chat", path: (id) => `/chats/${encodeURIComponent(id)}` },
  { label: "User", path: (id) => `/users/${encodeURIComponent(id)}` },
  { label: "Notification", path: (id) => `/notifications/${encodeURIComponent(id)}` },
  { label: "Send to many", path: (id) => `/notifications/batches/${encodeURIComponent(id)}` },
  { label: "Template", path: (id) => `/templates/${encodeURIComponent(id)}` },
  { label: "Topic", path: (id) => `/topics/${encodeURIComponent(id)}` },
  { label: "Caught mail of the delivery", path: (id) => `/mail?delivery=${encodeURIComponent(id)}` },
  { label: "Tasks about", path: (id) => `/tasks?subject=${encodeURIComponent(id)}` },
];

export function pagesFor(role: Role): readonly ConsolePage[] {
  return consolePages.filter(({ roles }) => roles === undefined || roles.includes(role));
}
