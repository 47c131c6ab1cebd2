import { randomUUID } from "node:crypto";
import * as lookup from "../../domain/deliveries/lookup-store.ts";
import * as deliveries from "../../domain/deliveries/store.ts";
import * as undecided from "../../domain/deliveries/undecided-store.ts";
import * as mail from "../../domain/mail/store.ts";
import * as suppressions from "../../domain/suppressions/store.ts";
import * as holds from "../../jobs/mail/hold-store.ts";
import * as pump from "../../jobs/mail/mail-store.ts";
import * as rulings from "../../jobs/mail/ruling-store.ts";
import * as planner from "../../log/planner-store.ts";
import { beyondList, own, refused, type StoreModules } from "./intruder.ts";

const foreignMail = {
  id: randomUUID(),
  attempts: 1,
  number: 1,
  address: "x@example.com",
  subject: "x",
} as pump.ClaimedMail;
const bounceOf = (deliveryId: string) => ({
  deliveryId,
  bounces: [{ address: "ada@example.com", suppress: "bounce" as const, detail: "x" }],
});
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

const decision = {
  channel: "email",
  kind: "notification",
  type: "Test",
  batchId: undefined,
  status: "sent",
  rule: "default",
  detail: undefined,
  dueAt: undefined,
  heldUntil: undefined,
  mail: undefined,
} as const;
const decidedRow = {
  id: randomUUID(),
  place: 0,
  position: 1,
  userId: "ada",
  notificationId: randomUUID(),
  address: null,
};

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
      markBounced: [
        ({ tx, mine, theirs }) =>
          deliveries.markBounced(tx, mine, { deliveryId: theirs.deliveryId, address: "ada@example.com", detail: "x" }),
        0,
      ],
      mailJob: { reason: "names a job; enqueueJobs refuses those of another tenant" },
      cancelDeliveries: [({ tx, mine }) => deliveries.cancelDeliveries(tx, mine, [randomUUID()]), 0],
      noteCancelled: [({ tx, mine, theirs }) => deliveries.noteCancelled(tx, mine, [theirs.notificationId]), undefined],
      findDeliverySummaries: [({ db, mine }) => deliveries.findDeliverySummaries(db, mine, [randomUUID()]), new Map()],
      findPlannedNotification: [
        ({ tx, mine, theirs }) => deliveries.findPlannedNotification(tx, mine, theirs.notificationId),
        undefined,
      ],
    },
  },
  "domain/deliveries/undecided-store.ts": {
    module: undecided,
    rows: {
      findUndecided: [({ tx, mine }) => undecided.findUndecided(tx, mine, { ...span, gate: 0 }), []],
      insertDecided: [
        ({ tx, mine }) => undecided.insertDecided(tx, mine, { epoch: 1, decisions: [decision], rows: [decidedRow] }),
        own,
      ],
    },
  },
  "domain/mail/store.ts": {
    module: mail,
    rows: {
      findMail: [({ db, mine }) => mail.findMail(db, mine), own],
      saveMailSettings: [({ tx, mine }) => mail.saveMailSettings(tx, mine, "a secret", { host: "x" }), own],
      countCaughtMails: [
        ({ db, mine }) =>
          beyondList(mail.countCaughtMails(db, mine), mail.listCaughtMailsBetween(db, mine, { limit: 50 })),
        0,
      ],
      listCaughtMailsBetween: [({ db, mine }) => mail.listCaughtMailsBetween(db, mine, { limit: 50 }), own],
      getCaughtMail: [({ db, mine, theirs }) => mail.getCaughtMail(db, mine, theirs.mailId), refused],
      recordBounces: [({ tx, mine, theirs }) => mail.recordBounces(tx, mine, bounceOf(theirs.deliveryId)), undefined],
      keepMailed: [({ tx, mine, theirs }) => mail.keepMailed(tx, mine, theirs.deliveryId, bounceOf("").bounces), []],
      saveHealth: [({ db, mine }) => mail.saveHealth(db, mine, { failures: 1, openUntil: null }), true],
      healthOwner: { reason: "names a row, and touches none" },
      sealMailSecret: { reason: "seals a secret for its tenant, and touches no row" },
      openMailSecret: { reason: "opens what was sealed for a tenant, and touches no row" },
    },
  },
  "jobs/mail/hold-store.ts": {
    module: holds,
    rows: { MailHolds: { reason: "takes locks by tenants' names, and touches no row" } },
  },
  "jobs/mail/mail-store.ts": {
    module: pump,
    rows: {
      claimMail: [({ db, mine }) => pump.claimMail(db.pool, mine), undefined],
      finishMail: [
        ({ db, mine }) => pump.finishMail(db.pool, mine, foreignMail, { outcome: "sent", status: "sent" }),
        undefined,
      ],
      finishMailIn: [
        ({ tx, mine }) => pump.finishMailIn(tx, mine, foreignMail, { outcome: "sent", status: "sent" }),
        undefined,
      ],
      lookAgain: [({ db, mine }) => pump.lookAgain(db, mine, new Date("3000-01-01")), undefined],
      freeClaims: [({ db, mine }) => pump.freeClaims(db.pool, mine), undefined],
      schedulePump: [({ db, mine }) => pump.schedulePump(db.pool, mine, new Date()), undefined],
      catchMail: [({ db, mine }) => pump.catchMail(db, mine, foreignMail, Buffer.from("x")), undefined],
    },
  },
  "jobs/mail/ruling-store.ts": {
    module: rulings,
    rows: {
      // Of what it does not find, other rules decide.
      findRulingAgain: [
        ({ db, mine, theirs }) => {
          const mail = {
            ...foreignMail,
            kind: "notification",
            round: 0,
            stale: true,
            notificationId: theirs.notificationId,
          };
          return rulings.findRulingAgain(db, mine, mail as pump.ClaimedMail);
        },
        { outcome: "send", rule: "asked" },
      ],
      holdMail: [
        ({ db, mine, theirs: { notificationId } }) =>
          rulings.holdMail(db, mine, { ...foreignMail, notificationId }, () => undefined),
        undefined,
      ],
    },
  },
  "domain/deliveries/lookup-store.ts": {
    module: lookup,
    rows: {
      listDeliveriesBetween: [({ db, mine }) => lookup.listDeliveriesBetween(db, mine, {}, { limit: 100 }), own],
      countAllDeliveries: [({ db, mine }) => lookup.countAllDeliveries(db, mine, {}), own],
      countDeliveries: [({ db, mine }) => lookup.countDeliveries(db, mine, {}), own],
      getDelivery: [({ db, mine, theirs }) => lookup.getDelivery(db, mine, theirs.deliveryId), refused],
      findDeliveriesOf: [({ db, mine, theirs }) => lookup.findDeliveriesOf(db, mine, theirs.notificationId), []],
      findTries: [({ db, mine, theirs }) => lookup.findTries(db, mine, [theirs.deliveryId]), new Map()],
      requeueDelivery: [({ tx, mine, theirs }) => lookup.requeueDelivery(tx, mine, theirs.deliveryId), refused],
      settleWaiting: [
        ({ tx, mine }) => lookup.settleWaiting(tx, mine, { fate: "cancel", limit: 9 }),
        { count: 0, next: undefined },
      ],
    },
  },
  "domain/suppressions/store.ts": {
    module: suppressions,
    rows: {
      countSuppressions: [
        ({ db, mine }) =>
          beyondList(
            suppressions.countSuppressions(db, mine),
            suppressions.listSuppressionsBetween(db, mine, { limit: 50 }),
          ),
        0,
      ],
      listSuppressionsBetween: [({ db, mine }) => suppressions.listSuppressionsBetween(db, mine, { limit: 50 }), own],
      suppress: [
        ({ tx, mine }) => suppressions.suppress(tx, mine, { address: "x@example.com", reason: "manual" }),
        own,
      ],
      liftSuppression: [({ tx, mine, theirs }) => suppressions.liftSuppression(tx, mine, theirs.address), refused],
    },
  },
};
