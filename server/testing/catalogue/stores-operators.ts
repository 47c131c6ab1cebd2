import * as sessions from "../../auth/session-store.ts";
import * as audit from "../../domain/audit/store.ts";
import * as operators from "../../domain/operators/store.ts";
import * as persons from "../../domain/persons/store.ts";
import { own, refused, type StoreModules } from "./intruder.ts";

const aboutPeople = { reason: "about people, who are of no tenant: the rows are the reserved one's" };
const entry = { actorKind: "key" as const, actorId: "x", operation: "x.y", input: {}, requestId: "x" };
const future = new Date("2100-01-01T00:00:00Z");

export const operatorStores: StoreModules = {
  "domain/audit/store.ts": {
    module: audit,
    rows: {
      beginEntry: [({ db, mine }) => audit.beginEntry(db, mine, entry), own],
      noteEntry: [({ tx, mine }) => audit.noteEntry(tx, mine, entry), undefined],
      settleEntry: [
        ({ db, mine, theirs }) => audit.settleEntry(db, mine, theirs.personId, { outcome: "ok" }),
        undefined,
      ],
      listEntries: [({ db, mine }) => audit.listEntries(db, mine, { limit: 50 }, {}), own],
      retainEntries: [({ db, mine }) => audit.retainEntries(db, mine, future, 100), own],
      forgetAddresses: [({ tx, mine, theirs }) => audit.forgetAddresses(tx, mine, [theirs.address]), undefined],
    },
  },
  "auth/session-store.ts": { module: sessions, rows: { readSession: aboutPeople } },
  "domain/persons/store.ts": {
    module: persons,
    rows: Object.fromEntries(
      Object.entries(persons).flatMap(([name, value]) => (typeof value === "function" ? [[name, aboutPeople]] : [])),
    ),
  },
  "domain/operators/store.ts": {
    module: operators,
    rows: {
      listOperators: [({ db, mine }) => operators.listOperators(db, mine), []],
      findOwnerAddresses: [({ tx, mine }) => operators.findOwnerAddresses(tx, mine), own],
      findOperator: [({ tx, mine, theirs }) => operators.findOperator(tx, mine, theirs.personId), null],
      getOperator: [({ tx, mine, theirs }) => operators.getOperator(tx, mine, theirs.personId), refused],
      setRole: [({ tx, mine, theirs }) => operators.setRole(tx, mine, theirs.personId, "admin"), refused],
      removeOperator: [({ tx, mine, theirs }) => operators.removeOperator(tx, mine, theirs.personId), refused],
      hasOtherOwner: [({ tx, mine, theirs }) => operators.hasOtherOwner(tx, mine, theirs.personId), false],
      insertInvitation: [
        ({ tx, mine }) =>
          operators.insertInvitation(tx, mine, {
            email: "later@operators.example",
            role: "admin",
            hash: "x",
            invitedBy: undefined,
            expiresAt: future,
          }),
        own,
      ],
      listInvitations: [({ db, mine }) => operators.listInvitations(db, mine), own],
      findInvitation: [({ tx, mine }) => operators.findInvitation(tx, mine, "no link of theirs"), null],
      findInvitationTo: [({ tx, mine }) => operators.findInvitationTo(tx, mine, "nobody@operators.example"), null],
      getInvitation: [
        ({ tx, mine, theirs }) => operators.getInvitation(tx, mine, theirs.invitationId).catch(() => null),
        null,
      ],
      deleteInvitation: [
        ({ tx, mine, theirs }) => operators.deleteInvitation(tx, mine, { id: theirs.invitationId }),
        false,
      ],
      retainInvitations: [({ db, mine }) => operators.retainInvitations(db, mine, new Date(0), 10), 0],
    },
  },
};
