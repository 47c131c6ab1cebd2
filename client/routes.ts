/**
 * Where each call of this client goes: operation → method and path below /tenant/{tenantId}/v1. A test holds every line to the
 * operation catalogue, so that nothing here can fall behind it.
 */
export const routes = {
  "chats.list": "GET /Chat",
  "chats.get": "GET /Chat/{chatId}",
  "chats.create": "POST /Chat",
  "chats.update": "PATCH /Chat/{chatId}",
  "chats.setNotifications": "PUT /Chat/{chatId}/notifications",
  "members.list": "GET /Chat/{chatId}/members",
  "members.listPeople": "GET /Chat/{chatId}/people",
  "members.add": "POST /Chat/{chatId}/members",
  "members.remove": "DELETE /Chat/{chatId}/members/{userId}",
  "messages.list": "GET /Chat/{chatId}/messages",
  "messages.send": "POST /Chat/{chatId}/messages",
  "messages.edit": "PATCH /Chat/{chatId}/messages/{messageId}",
  "messages.delete": "DELETE /Chat/{chatId}/messages/{messageId}",
  "reads.move": "PUT /Chat/{chatId}/read",
  "typing.send": "POST /Chat/{chatId}/typing",
  "presence.get": "GET /presence",
  "presence.set": "PUT /presence",
  "users.get": "GET /Users/{userId}",
  "tokens.create": "POST /tokens",
  "notifications.create": "POST /Notifications",
  "notifications.list": "GET /Notifications",
  "notifications.setRead": "PUT /Notifications/{notificationId}/read",
  "notifications.setArchived": "PUT /Notifications/{notificationId}/archive",
  "notifications.snooze": "PUT /Notifications/{notificationId}/snooze",
  "notifications.delete": "DELETE /Notifications/{notificationId}",
  "notifications.readAll": "PUT /Notifications/read-all",
  "notifications.seeAll": "PUT /Notifications/seen-all",
  "inbox.getCounters": "GET /counters",
  "preferences.get": "GET /preferences",
  "preferences.put": "PUT /preferences",
  "events.list": "GET /events",
  "webhooks.replay": "POST /admin/webhooks/{webhookId}/replay",
  "pusherApps.authorizeChannel": "POST /pusher/auth",
  "pusherApps.authorizeUser": "POST /pusher/user-auth",
  "demo.get": "GET /demo",
  "hosted.get": "GET /hosted",
} as const;

export type CallName = keyof typeof routes;
