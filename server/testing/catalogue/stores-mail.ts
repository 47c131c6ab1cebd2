import { randomUUID } from "node:crypto";
import * as deliveries from "../../domain/deliveries/store.ts";
import * as mail from "../../domain/mail/store.ts";
import * as pump from "../../jobs/mail/mail-store.ts";
import * as planner from "../../log/planner-store.ts";
import { own, type StoreModules } from "./intruder.ts";

const foreignMail = { id: randomUUID(), attempts: 1, address: "x@example.com", subject: "x" } as pump.ClaimedMail;
const span = { after: 0, upto: 1_000_000, limit: 1000 };
const delivery = {
  cause: "test:1",
  userId: "ada",
  channel: "email",
  kind: "test",
  type: "Test",
  subject: "Test",
  status: "sent",
  epoch: 1,
} as const;

/** Stores of what is planned from the log, and of mail. */
export const mailStores: StoreModules = {
  "log/planner-store.ts": {
    module: planner,
    rows: {
      claimCursor: [({ tx, mine }) => planner.claimCursor(tx, mine, "walls"), own],
      readEventsOf: [({ tx, mine }) => planner.readEventsOf(tx, mine, ["message.created"], span), []],
      moveCursor: [
        ({ tx, mine }) => planner.moveCursor(tx, mine, "deliveries", { position: 9, recipient: null }),
        undefined,
      ],
      commitLazily: { reason: "says how the transaction commits, and touches no row" },
    },
  },
  "domain/deliveries/store.ts": {
    module: deliveries,
    rows: {
      insertDeliveries: [({ tx, mine }) => deliveries.insertDeliveries(tx, mine, [delivery]), own],
      mailJob: { reason: "names a job; enqueueJobs refuses those of another tenant" },
      cancelDeliveries: [({ tx, mine }) => deliveries.cancelDeliveries(tx, mine, [randomUUID()]), 0],
      foldDeliveries: [
        ({ tx, mine }) =>
          deliveries.foldDeliveries(tx, mine, {
            userId: "ada",
            notificationIds: [randomUUID()],
            digestId: randomUUID(),
          }),
        0,
      ],
      findDeliverySummaries: [({ db, mine }) => deliveries.findDeliverySummaries(db, mine, [randomUUID()]), new Map()],
      findPlannedNotifications: [
        ({ tx, mine }) => deliveries.findPlannedNotifications(tx, mine, [randomUUID()]),
        new Map(),
      ],
    },
  },
  "domain/mail/store.ts": {
    module: mail,
    rows: {
      findMail: [({ db, mine }) => mail.findMail(db, mine), { settings: null, health: null }],
      saveHealth: [({ db, mine }) => mail.saveHealth(db, mine, { failures: 1, openUntil: null }), undefined],
      sealMailSecret: { reason: "seals a secret for its tenant, and touches no row" },
      openMailSecret: { reason: "opens what was sealed for a tenant, and touches no row" },
    },
  },
  "jobs/mail/mail-store.ts": {
    module: pump,
    rows: {
      holdMail: { reason: "takes a lock by the tenant's name, and touches no row" },
      MailHold: { reason: "is what holdMail answers with" },
      claimMail: [({ db, mine }) => pump.claimMail(db.pool, mine), undefined],
      finishMail: [
        ({ db, mine }) => pump.finishMail(db.pool, mine, foreignMail, { outcome: "sent", status: "sent" }),
        undefined,
      ],
      freeClaims: [({ db, mine }) => pump.freeClaims(db.pool, mine), undefined],
      schedulePump: [({ db, mine }) => pump.schedulePump(db.pool, mine, new Date()), undefined],
      catchMail: [({ db, mine }) => pump.catchMail(db, mine, foreignMail, Buffer.from("x")), undefined],
    },
  },
};
