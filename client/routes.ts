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
  "events.list": "GET /events",
  "demo.get": "GET /demo",
  "hosted.get": "GET /hosted",
} as const;

export type CallName = keyof typeof routes;
