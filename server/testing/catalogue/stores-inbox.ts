import { randomUUID } from "node:crypto";
import * as inbox from "../../domain/inbox/store.ts";
import * as laneNotifications from "../../domain/notifications/lane-store.ts";
import * as notifications from "../../domain/notifications/store.ts";
import { type Intruder, own, refused, type StoreModules } from "./intruder.ts";

const content = { type: "x", subject: "x", message: "x", priority: 1 };
const page = { pageNumber: 1, pageSize: 50, offset: 0 };
const now = Date.parse("2100-01-01T00:00:00Z");
const everything = {
  offset: 0,
  limit: 50,
  counted: true,
  unreadOnly: false,
  archived: false,
  snoozed: false,
  now: Date.now(),
};

/** A unit of work at the point where the head is locked, for what is not the tenant's. */
function workOf({ tx }: Intruder) {
  return { tx, lockHead: async () => 0, emit: () => 1 };
}

export const inboxStores: StoreModules = {
  "domain/inbox/store.ts": {
    module: inbox,
    rows: {
      countInbox: [({ db, mine }) => inbox.countInbox(db, mine, "ada", Date.now()), { unread: 0, unseen: 0 }],
      countAll: [
        ({ db, mine }) => inbox.countAll(db, mine, "ada", Date.now()),
        { chats: 0, messages: 0, mentions: 0, unread: 0, unseen: 0 },
      ],
    },
  },
  "domain/notifications/lane-store.ts": {
    module: laneNotifications,
    rows: {
      createNotification: [
        ({ db, mine }) =>
          laneNotifications.createNotification(db, mine, { id: randomUUID(), userId: "ada", content, now }),
        own,
      ],
      changeNotifications: [
        ({ db, mine, theirs }) =>
          laneNotifications.changeNotifications(db, mine, { operation: "delete", ids: [theirs.notificationId], now }),
        { found: [], changed: 0 },
      ],
      changeNotification: [
        ({ db, mine, theirs }) =>
          laneNotifications.changeNotification(db, mine, { operation: "read", ids: [theirs.notificationId], now }),
        refused,
      ],
      toCreatedEvent: { reason: "writes what its caller has stored as the event of it" },
    },
  },
  "domain/notifications/store.ts": {
    module: notifications,
    rows: {
      listInbox: [({ db, mine }) => notifications.listInbox(db, mine, "ada", everything), own],
      findOwn: [
        ({ db, mine, theirs }) =>
          notifications.findOwn(db, mine, "ada", { id: theirs.notificationId, now: Date.now() }),
        undefined,
      ],
      loadNotifications: [
        ({ db, mine, theirs }) => notifications.loadNotifications(db.pool, mine, [theirs.notificationId]),
        new Map(),
      ],
      listAll: [({ db, mine }) => notifications.listAll(db, mine, { limit: 50 }), own],
      pageAll: [({ db, mine }) => notifications.pageAll(db, mine, {}, page), own],
      findAny: [({ db, mine, theirs }) => notifications.findAny(db, mine, theirs.notificationId), null],
      insertNotifications: [
        (intruder) =>
          notifications.insertNotifications(
            workOf(intruder),
            intruder.mine,
            [{ id: randomUUID(), userId: "ada", content }],
            new Date(),
          ),
        own,
      ],
      withdrawNotifications: [
        (intruder) =>
          notifications.withdrawNotifications(
            workOf(intruder),
            intruder.mine,
            [intruder.theirs.notificationId],
            new Date(),
          ),
        0,
      ],
      cancelScheduled: [
        (intruder) => notifications.cancelScheduled(workOf(intruder), intruder.mine, intruder.theirs.scheduledId),
        false,
      ],
      getScheduled: [({ tx, mine, theirs }) => notifications.getScheduled(tx, mine, theirs.scheduledId), refused],
      changeScheduled: [
        ({ tx, mine, theirs }) => notifications.changeScheduled(tx, mine, theirs.scheduledId, { subject: "x" }),
        refused,
      ],
      findZones: [async ({ tx, mine }) => (await notifications.findZones(tx, mine, ["ada"]))("ada"), "UTC"],
    },
  },
};
