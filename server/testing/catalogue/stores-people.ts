import { randomUUID } from "node:crypto";
import * as connections from "../../domain/connections/store.ts";
import * as events from "../../domain/events/store.ts";
import * as tasks from "../../domain/tasks/store.ts";
import * as persons from "../../jobs/tasks/person-store.ts";
import * as steps from "../../jobs/tasks/task-store.ts";
import * as traces from "../../jobs/tasks/trace-store.ts";
import * as live from "../../realtime/connection-store.ts";
import { own, refused, type StoreModules } from "./intruder.ts";

const [userId, limit] = ["ada", 50];
const ofAda = { userId, limit };
const past = new Date("2000-01-01T00:00:00Z");

/** Of connections, and of long work on chats and people. */
export const personStores: StoreModules = {
  "domain/connections/store.ts": {
    module: connections,
    rows: {
      listConnections: [({ db, mine }) => connections.listConnections(db, mine, {}, { limit }), []],
      countConnections: [({ db, mine }) => connections.countConnections(db, mine, {}), 0],
      endConnection: [({ tx, mine, theirs }) => connections.endConnection(tx, mine, theirs.connectionId), refused],
    },
  },
  "realtime/connection-store.ts": {
    module: live,
    rows: {
      putConnections: [
        ({ db, mine, theirs }) => live.putConnections(db.pool, mine, "node", [{ i: theirs.connectionId, g: true }]),
        undefined,
      ],
      findEnding: [({ db, mine }) => live.findEnding(db.pool, mine, "node"), []],
      dropDeadConnections: [({ db, mine }) => live.dropDeadConnections(db.pool, mine), 0],
    },
  },
  "domain/events/store.ts": {
    module: events,
    rows: {
      listChatEvents: [({ db, mine, theirs }) => events.listChatEvents(db, mine, { chatId: theirs.chatId, limit }), []],
    },
  },
  "domain/tasks/store.ts": {
    module: tasks,
    rows: {
      startTask: [
        ({ tx, mine }) => tasks.startTask(tx, mine, { kind: "export-chat", subject: "x", startedBy: "x" }),
        own,
      ],
      countKeptBytes: [({ tx, mine }) => tasks.countKeptBytes(tx, mine), own],
      enqueueTask: [({ tx, mine }) => tasks.enqueueTask(tx, mine, randomUUID()), undefined],
      starterOf: { reason: "names who asks, and touches no row" },
      getTask: [({ tx, mine, theirs }) => tasks.getTask(tx, mine, theirs.taskId), refused],
      listTasks: [({ db, mine }) => tasks.listTasks(db, mine, {}, { limit }), own],
      getTaskPart: [
        ({ db, mine, theirs }) => tasks.getTaskPart(db, mine, { taskId: theirs.taskId, number: 1 }),
        refused,
      ],
      cancelTask: [({ tx, mine, theirs }) => tasks.cancelTask(tx, mine, theirs.taskId), false],
      removeTask: [({ tx, mine, theirs }) => tasks.removeTask(tx, mine, theirs.taskId), false],
      retainTasks: [({ db, mine }) => tasks.retainTasks(db, mine, past, limit), 0],
    },
  },
  "jobs/tasks/task-store.ts": {
    module: steps,
    rows: {
      findOpenTask: [({ db, mine, theirs }) => steps.findOpenTask(db, mine, theirs.taskId), null],
      beginTask: [({ db, mine, theirs }) => steps.beginTask(db, mine, theirs.taskId, 1), false],
      saveStep: [
        ({ db, mine, theirs }) => {
          const step = { phase: 1, cursor: null, done: 1, bodies: ["x"], lines: 1, bytes: 1 };
          return steps.saveStep(db, mine, { id: theirs.taskId, phase: 3, cursor: null, parts: 1 }, step);
        },
        undefined,
      ],
      endTask: [({ db, mine, theirs }) => steps.endTask(db, mine, theirs.taskId, "x"), undefined],
      noteTaskFault: [({ db, mine, theirs }) => steps.noteTaskFault(db, mine, theirs.taskId, "x"), undefined],
      continueTask: [({ db, mine, theirs }) => steps.continueTask(db, mine, theirs.taskId), undefined],
    },
  },
  "jobs/tasks/trace-store.ts": {
    module: traces,
    rows: {
      listPersonEntries: [({ db, mine }) => traces.listPersonEntries(db, mine, { userId: "ada", limit }), own],
      dropEntryAddresses: [
        async ({ db, mine, other }) => {
          const entries = await db.forTenant(other).auditEntry.findMany({ select: { id: true }, take: limit });
          const ids = entries.map(({ id }) => id);
          return await traces.dropEntryAddresses(db, mine, ids);
        },
        undefined,
      ],
      listPastMemberships: [({ db, mine }) => traces.listPastMemberships(db, mine, { userId: "ada", limit }), own],
    },
  },
  "jobs/tasks/person-store.ts": {
    module: persons,
    rows: {
      listPersonChats: [({ db, mine }) => persons.listPersonChats(db, mine, ofAda), []],
      scanMessages: [
        ({ db, mine, theirs }) => persons.scanMessages(db, mine, { chatId: theirs.chatId, after: 0, limit }),
        [],
      ],
      listMembersAfter: [
        ({ db, mine, theirs }) => persons.listMembersAfter(db, mine, { chatId: theirs.chatId, limit }),
        [],
      ],
      listMemberships: [({ db, mine }) => persons.listMemberships(db, mine, ofAda), []],
      listPersonNotifications: [
        ({ db, mine }) => persons.listPersonNotifications(db.forTenant(mine), mine, ofAda),
        own,
      ],
      listPersonDeliveries: [({ db, mine }) => persons.listPersonDeliveries(db, mine, ofAda), own],
      listPersonCalls: [({ db, mine }) => persons.listPersonCalls(db, mine, ofAda), own],
      listOwnBatches: [({ db, mine }) => persons.listOwnBatches(db, mine, ofAda), own],
      leaveBatches: [({ tx, mine }) => persons.leaveBatches(tx, mine, ofAda), undefined],
      blankBatches: [({ tx, mine, theirs }) => persons.blankBatches(tx, mine, [theirs.batchId]), undefined],
      dropCalls: [({ tx, mine }) => persons.dropCalls(tx, mine, [randomUUID()]), undefined],
      listAttempts: [({ db, mine, theirs }) => persons.listAttempts(db, mine, [theirs.deliveryId]), []],
      listPersonRows: [({ db, mine }) => persons.listPersonRows(db, mine, userId), own],
      countPersonRows: [({ db, mine }) => persons.countPersonRows(db, mine, userId), own],
      blankMessages: [({ tx, mine, theirs }) => persons.blankMessages(tx, mine, [theirs.messageId]), undefined],
      dropSendKeys: [
        ({ tx, mine, theirs }) => persons.dropSendKeys(tx, mine, { chatId: theirs.chatId, userId, limit: 10 }),
        0,
      ],
      freeDirectChat: [({ tx, mine, theirs }) => persons.freeDirectChat(tx, mine, theirs.chatId), undefined],
      dropUnseen: [({ tx, mine, theirs }) => persons.dropUnseen(tx, mine, [theirs.notificationId]), undefined],
      dropSuppressions: [({ tx, mine }) => persons.dropSuppressions(tx, mine, userId), undefined],
      dropDeliveries: [({ tx, mine, theirs }) => persons.dropDeliveries(tx, mine, [theirs.deliveryId]), undefined],
      dropPersonRows: [({ tx, mine }) => persons.dropPersonRows(tx, mine, userId), undefined],
      dropPersonFiles: [({ tx, mine }) => persons.dropPersonFiles(tx, mine, userId), undefined],
      emptyProfile: [({ tx, mine }) => persons.emptyProfile(tx, mine, userId), undefined],
    },
  },
};
