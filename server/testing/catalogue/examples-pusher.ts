import type { Example } from "./examples.ts";

type Callers = Example["callers"];

const byAdmin: Callers = {
  visitor: "unauthenticated",
  member: "forbidden",
  outsider: "forbidden",
  admin: "ok",
  key: "ok",
  keyAsMember: "ok",
  installation: "forbidden",
};
const byUser: Callers = { ...byAdmin, member: "ok", outsider: "ok", key: "user_required" };
const noInput = () => ({});

/** The tenant as a Pusher app. */
export const pusherExamples = {
  "pusherApps.get": {
    input: noInput,
    callers: byAdmin,
    changes: [],
    foreign: {},
    operators: { support: "forbidden", "read-only": "forbidden" },
  },
  "pusherApps.rotate": { input: () => ({ key: true }), callers: byAdmin, changes: ["pusher_apps"], foreign: {} },
  "pusherApps.update": {
    input: () => ({ webhooks: [{ url: "https://hooks.example/pusher", events: ["member_added"] }] }),
    callers: byAdmin,
    changes: ["pusher_apps"],
    foreign: {},
  },
  "pusherApps.authorizeChannel": {
    input: ({ ids }) => ({ socket_id: "1.2", channel_name: `private-chat-${ids.chatId}` }),
    callers: { ...byUser, outsider: "not_found", admin: "not_found" },
    changes: [],
    foreign: {},
  },
  "pusherApps.authorizeUser": { input: () => ({ socket_id: "1.2" }), callers: byUser, changes: [], foreign: {} },
} as const satisfies Record<string, Example>;
