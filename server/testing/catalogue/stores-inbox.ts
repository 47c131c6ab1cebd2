import { randomUUID } from "node:crypto";
import * as batchLists from "../../domain/batches/list-store.ts";
import * as batches from "../../domain/batches/store.ts";
import * as inbox from "../../domain/inbox/store.ts";
import * as due from "../../domain/notifications/due-store.ts";
import * as laneNotifications from "../../domain/notifications/lane-store.ts";
import * as notifications from "../../domain/notifications/store.ts";
import * as topics from "../../domain/topics/store.ts";
import type { Database } from "../../persistence/database.ts";
import { beyondList, type Intruder, own, refused, type StoreModules } from "./intruder.ts";

const content = { type: "x", subject: "x", message: "x", priority: 1 };
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
  return { tx, lockHead: async () => 0, nextPosition: () => 1, emit: () => 1 };
}

export const inboxStores: StoreModules = {
  "domain/batches/list-store.ts": {
    module: batchLists,
    rows: {
      getBatch: [({ db, mine, theirs }) => batchLists.getBatch(db, mine, theirs.batchId), refused],
      findDueBatches: [({ db, mine }) => batchLists.findDueBatches(db.pool, mine, Date.parse("3000-01-01")), own],
      countBatches: [
        ({ db, mine }) =>
          beyondList(
            batchLists.countBatches(db, mine, undefined),
            batchLists.listBatchesBetween(db, mine, { status: undefined, limit: 50 }),
          ),
        0,
      ],
      listBatchesBetween: [
        ({ db, mine }) => batchLists.listBatchesBetween(db, mine, { status: undefined, limit: 50 }),
        own,
      ],
    },
  },
  "domain/batches/store.ts": {
    module: batches,
    rows: {
      insertBatch: [
        (intruder) =>
          batches.insertBatch(workOf(intruder), intruder.mine, {
            id: randomUUID(),
            audience: "everyone",
            content,
            recipients: [],
            total: 0,
            dueAt: new Date(now),
            createdAt: new Date(),
          }),
        own,
      ],
      countRecipients: [
        ({ tx, mine, theirs }) => batches.countRecipients(tx, mine, { audience: "topic", audienceId: theirs.topicId }),
        0,
      ],
      lockScheduled: [({ tx, mine, theirs }) => batches.lockScheduled({ tx }, mine, theirs.batchId), refused],
      changeBatch: [
        (intruder) =>
          batches.changeBatch(workOf(intruder), intruder.mine, intruder.theirs.batchId, {
            content,
            dueAt: new Date(now),
            now: new Date(),
          }),
        refused,
      ],
      readPortion: [({ db, mine, theirs }) => batches.readPortion(db.pool, mine, theirs.batchId, 500), undefined],
      makeStep: [
        ({ db, mine, theirs }) =>
          batches.makeStep(db.pool, mine, theirs.batchId, {
            by: { type: "General", scheduledFor: new Date("2990-01-01"), scheduledLocal: null },
            done: 0,
            passed: 1,
            cursor: "eve",
            finished: true,
            rows: [{ id: randomUUID(), userId: "eve", filed: false }],
            now: new Date("3000-01-01"),
          }),
        undefined,
      ],
      noteFailure: [
        (intruder) =>
          batches.noteFailure(workOf(intruder), intruder.mine, intruder.theirs.batchId, {
            error: "x",
            attempts: 1,
            again: null,
            now: new Date(),
          }),
        undefined,
      ],
      endBatch: [
        (intruder) => batches.endBatch(workOf(intruder), intruder.mine, intruder.theirs.batchId, new Date()),
        refused,
      ],
      takeBackSome: [
        (intruder) =>
          batches.takeBackSome(workOf(intruder), intruder.mine, intruder.theirs.batchId, {
            limit: 500,
            now: new Date(),
          }),
        0,
      ],
    },
  },
  "domain/topics/store.ts": {
    module: topics,
    rows: {
      getTopic: [({ tx, mine, theirs }) => topics.getTopic(tx, mine, theirs.topicId), refused],
      lockTopic: [({ tx, mine, theirs }) => topics.lockTopic(tx, mine, theirs.topicId), refused],
      saveTopic: [({ tx, mine }) => topics.saveTopic(tx, mine, { id: "x", name: "x", now: new Date() }), own],
      removeTopic: [({ tx, mine, theirs }) => topics.removeTopic(tx, mine, theirs.topicId), refused],
      countTopics: [
        ({ db, mine }) => beyondList(topics.countTopics(db, mine), topics.listTopicsBetween(db, mine, { limit: 50 })),
        0,
      ],
      listTopicsBetween: [({ db, mine }) => topics.listTopicsBetween(db, mine, { limit: 50 }), own],
      countSubscribers: [({ tx, mine, theirs }) => topics.countSubscribers(tx, mine, theirs.topicId), 0],
      listSubscribersBetween: [
        ({ db, mine, theirs }) => topics.listSubscribersBetween(db, mine, theirs.topicId, { limit: 50 }),
        refused,
      ],
      addSubscribers: [
        ({ tx, mine, theirs }) =>
          topics.addSubscribers(tx, mine, theirs.topicId, { userIds: ["eve"], now: new Date() }),
        refused,
      ],
      removeSubscriber: [({ tx, mine, theirs }) => topics.removeSubscriber(tx, mine, theirs.topicId, "ada"), refused],
    },
  },
  "domain/notifications/due-store.ts": {
    module: due,
    rows: {
      findDueTenants: { reason: "the look across tenants: it shows which have work, and nothing of it" },
      findDue: [({ db, mine }) => due.findDue(db, mine, Date.parse("3000-01-01"), 500), own],
      findDueBefore: [
        ({ tx, mine, theirs }) => due.findDueBefore(tx, mine, [theirs.scheduledId], new Date("3000-01-01")),
        new Set(),
      ],
      settle: [
        ({ db, mine, theirs }) =>
          due.settle(db, mine, [{ id: theirs.scheduledId, filed: false }], Date.parse("3000-01-01")),
        { events: [], waited: 0 },
      ],
      moveLocalTimes: [
        (intruder) => due.moveLocalTimes(workOf(intruder), intruder.mine, "ada", () => new Date(now)),
        undefined,
      ],
      moveSomeTimes: [
        (intruder) =>
          due.moveSomeTimes(
            workOf(intruder),
            intruder.mine,
            { after: "00000000-0000-7000-8000-000000000000", limit: 10 },
            () => new Date(now),
          ),
        undefined,
      ],
      moveTimesJob: { reason: "only names a job; enqueueJobs lets no other tenant's in" },
      readSendRules: [({ db, mine, theirs }) => due.readSendRules(db.pool, mine, theirs.type, ["ada"]), own],
    },
  },
  "domain/inbox/store.ts": {
    module: inbox,
    rows: {
      countInbox: [({ db, mine }) => inbox.countInbox(db, mine, "ada", Date.now()), { unread: 0, unseen: 0 }],
      countAll: [
        ({ db, mine }) => inbox.countAll(db, mine, "ada", Date.now()),
        { chats: 0, messages: 0, muted: 0, mentions: 0, unread: 0, unseen: 0 },
      ],
    },
  },
  "domain/notifications/lane-store.ts": {
    module: laneNotifications,
    rows: {
      createNotification: [
        ({ db, mine }) =>
          laneNotifications.createNotification(db, mine, { id: randomUUID(), userId: "eve", content, now }),
        own,
      ],
      untilStored: [
        async ({ mine, other }) => {
          // The other tenant's is under way under the same key, and stays so.
          const db = { lanes: { submit: () => new Promise(() => {}) } } as unknown as Database;
          const key = { scope: "s", key: "k", bodyHash: "h" };
          void laneNotifications.createNotification(db, other, { id: randomUUID(), userId: "eve", content, key });
          const waits = new Promise((resolve) => setTimeout(resolve, 1000, "waits for another tenant"));
          return await Promise.race([laneNotifications.untilStored(db, mine, key), waits]);
        },
        undefined,
      ],
      changeNotifications: [
        ({ db, mine, theirs }) =>
          laneNotifications.changeNotifications(db, mine, { operation: "delete", ids: [theirs.notificationId], now }),
        { found: [], changed: 0 },
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
      countNotifications: [
        ({ db, mine }) =>
          beyondList(notifications.countNotifications(db, mine, {}), notifications.listAll(db, mine, { limit: 50 })),
        0,
      ],
      findAny: [({ db, mine, theirs }) => notifications.findAny(db, mine, theirs.notificationId), null],
      insertNotifications: [
        (intruder) =>
          notifications.insertNotifications(
            workOf(intruder),
            intruder.mine,
            [{ id: randomUUID(), userId: "eve", content }],
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
