import type { Answers, Name } from "./trpc.ts";

export type TenantEvent = Answers["events"]["list"]["data"][number];

const chats = ["adminChats.list", "adminChats.get", "adminChats.listEvents"] as const;
const members = [...chats, "adminChats.listMembers", "users.list"] as const;
const notifications = [
  "notifications.listAll",
  "notifications.getAny",
  "deliveries.explain",
  "deliveries.summarize",
] as const;

/** What each event changes of what pages show. */
export const pathsOfEvent: Record<TenantEvent["type"], readonly Name[]> = {
  "message.created": [...chats, "adminChats.listMessages"],
  "message.edited": [...chats, "adminChats.listMessages"],
  "message.deleted": [...chats, "adminChats.listMessages"],
  "chat.created": chats,
  "chat.updated": chats,
  "chat.deleted": members,
  "member.added": members,
  "member.removed": members,
  "member.updated": members,
  "read.moved": ["adminChats.listMembers", "adminChats.listEvents"],
  // A user is known from the first notification on.
  "notification.created": [...notifications, "users.list"],
  "notification.updated": notifications,
  "notification.deleted": notifications,
};

/** What is asked every few seconds while it is shown, with the reason why events do not do. */
export const polled = {
  "metrics.read": "sums that the nodes note once a minute, and a count of connections",
  "connections.list": "a connection is no part of the log",
  "users.list": "presence and profiles are no part of the log",
  "tasks.list": "the progress of a task is in its row",
  "jobs.listDead": "jobs are the worker's own",
  "batches.list": "the progress of a send is in its row",
  "batches.get": "the progress of a send is in its row",
  "deliveries.list": "what became of a mail is in the row of its delivery",
  "deliveries.summarize": "what became of a mail is in the row of its delivery",
  "deliveries.explain": "what became of a mail is in the row of its delivery",
  "notifications.listAll": "what is scheduled causes no event before its time, nor does what became of a mail",
  "notifications.getAny": "what is scheduled causes no event before its time, nor does what became of a mail",
  "mail.getSettings": "the last error is the worker's",
  "mail.listCaught": "a caught mail is a mail, not an event",
  "webhooks.list": "the state of an endpoint follows its deliveries",
  "webhooks.get": "the state of an endpoint follows its deliveries",
  "webhooks.listDeliveries": "a delivery is about an event, and none itself",
  "webhooks.getDelivery": "a delivery is about an event, and none itself",
  "apiKeys.list": "when a key was last used is noted, not logged",
  "issuers.list": "when keys were last fetched is what a node remembers",
  "requests.list": "the log of requests is not the tenant's log",
  "audit.list": "the audit log is not the tenant's log",
  "operators.list": "operators are not of the tenant's log: its readers are users",
  "operators.listInvitations": "operators are not of the tenant's log: its readers are users",
} as const satisfies Partial<Record<Name, string>>;

/** Whether what a query showed may be otherwise since the event. One that names another chat, user or notification is not concerned. */
export function concerns(event: TenantEvent, queryKey: readonly unknown[]): boolean {
  const [, asked] = queryKey as [unknown, { input?: Record<string, unknown> }?];
  const name = nameOf(queryKey);
  if (!pathsOfEvent[event.type].some((one) => one === name)) return false;
  const of = namedBy(event);
  return Object.entries(asked?.input ?? {}).every(([name, value]) => of[name] === undefined || of[name] === value);
}

function namedBy({ type, chatId, data }: TenantEvent): Record<string, unknown> {
  if (!type.startsWith("notification.")) return { chatId };
  return { notificationId: data.id, userId: data.userId };
}

const withEvents = new Set<string>(Object.values(pathsOfEvent).flat());

/** Whether there are events that concern such a query. */
export function hasEvents(queryKey: readonly unknown[]): boolean {
  return withEvents.has(nameOf(queryKey));
}

/** Empty for what pages ask otherwise than of the catalogue. */
function nameOf([path]: readonly unknown[]): string {
  return Array.isArray(path) ? path.join(".") : "";
}
