import * as awayMembers from "../../domain/away/member-store.ts";
import * as away from "../../domain/away/store.ts";
import * as wording from "../../domain/away/wording-store.ts";
import * as categories from "../../domain/categories/store.ts";
import * as digests from "../../domain/digests/store.ts";
import * as preferences from "../../domain/preferences/store.ts";
import * as templates from "../../domain/templates/store.ts";
import { own, refused, type StoreModules } from "./intruder.ts";

const page = { pageNumber: 1, offset: 0, pageSize: 50 };
const nothing = { rows: [], total: 0 };
const category = { title: "x", channels: [], priority: "Low" as const, required: false };
const draft = { subject: "x", message: "x", required: [], sample: {} };

const reader = { userId: "ada", address: "ada@example.com" };
const future = new Date("2100-01-01T00:00:00Z");
const settled = { id: "00000000-0000-7000-8000-000000000000", status: "cancelled" as const, rule: "x" };

const sweep = { dueAt: future, startedAt: null, cursor: null, nextAt: null };
const waiting = {
  ...{ userId: "ben", lastReadSeq: 0, connected: false, fromSeq: 1, toSeq: 2, count: 2, mentioned: false },
  ...{ toldAt: null, notificationId: null, unmentioned: null },
};
const notice = { userId: "ben", notificationId: null, fromSeq: 1, toSeq: 2, unmentioned: false };
const stale = { userId: "ben", notificationId: settled.id, fromSeq: 1, at: future, quotesDeleted: false };

/** Stores of what decides whether, how and in which words a notification goes out. */
export const policyStores: StoreModules = {
  "domain/categories/store.ts": {
    module: categories,
    rows: {
      findCategory: [({ tx, mine, theirs }) => categories.findCategory(tx, mine, theirs.type), null],
      listAllCategories: [({ tx, mine }) => categories.listAllCategories(tx, mine), []],
      pageCategories: [({ db, mine }) => categories.pageCategories(db, mine, page), nothing],
      saveCategory: [({ tx, mine }) => categories.saveCategory(tx, mine, "x", category), own],
      removeCategory: [({ tx, mine, theirs }) => categories.removeCategory(tx, mine, theirs.type), refused],
    },
  },
  "domain/templates/store.ts": {
    module: templates,
    rows: {
      getTemplate: [({ tx, mine, theirs }) => templates.getTemplate(tx, mine, theirs.templateName), refused],
      findPublished: [({ tx, mine, theirs }) => templates.findPublished(tx, mine, theirs.templateName), null],
      countTemplates: [({ db, mine }) => templates.countTemplates(db, mine), 0],
      listTemplatesBetween: [({ db, mine }) => templates.listTemplatesBetween(db, mine, { limit: 50 }), []],
      pageVersions: [({ db, mine, theirs }) => templates.pageVersions(db, mine, theirs.templateName, page), refused],
      saveDraft: [({ tx, mine }) => templates.saveDraft(tx, mine, "x", draft), own],
      publishVersion: [({ tx, mine, theirs }) => templates.publishVersion(tx, mine, theirs.templateName), refused],
      rollBackVersion: [({ tx, mine, theirs }) => templates.rollBackVersion(tx, mine, theirs.templateName), refused],
      removeTemplate: [({ tx, mine, theirs }) => templates.removeTemplate(tx, mine, theirs.templateName), refused],
    },
  },
  "domain/preferences/store.ts": {
    module: preferences,
    rows: {
      readPreferences: [({ tx, mine }) => preferences.readPreferences(tx, mine, "ada"), own],
      readFacts: [
        ({ tx, mine, theirs }) =>
          preferences.readFacts(tx, mine, { userIds: ["ada"], types: [theirs.type], chatIds: [theirs.chatId] }),
        own,
      ],
      readRules: [({ tx, mine, theirs }) => preferences.readRules(tx, mine, [theirs.type]), own],
      saveChoices: [
        ({ tx, mine }) => preferences.saveChoices(tx, mine, "ada", [{ type: "x", channel: "email", enabled: false }]),
        undefined,
      ],
      saveUnsubscription: [({ tx, mine }) => preferences.saveUnsubscription(tx, mine, "ada", "x"), undefined],
      saveTiming: [({ tx, mine }) => preferences.saveTiming(tx, mine, "ada", { quiet: true }), undefined],
    },
  },
  "domain/digests/store.ts": {
    module: digests,
    rows: {
      findDue: [({ tx, mine }) => digests.findDue(tx, mine, { now: future, after: undefined, limit: 50 }), []],
      lockDueItems: [({ tx, mine }) => digests.lockDueItems(tx, mine, reader, { now: future, limit: 50 }), []],
      findDigestItems: [({ tx, mine }) => digests.findDigestItems(tx, mine, settled.id), []],
      lockHolding: [({ tx, mine }) => digests.lockHolding(tx, mine), undefined],
      shareHolding: [({ tx, mine }) => digests.shareHolding(tx, mine), undefined],
      settleItems: [({ tx, mine }) => digests.settleItems(tx, mine, [settled]), undefined],
      readdressHeld: [
        ({ tx, mine }) => digests.readdressHeld(tx, mine, "ada", { from: "ada@example.com", to: null }),
        undefined,
      ],
      judgeHeldAnew: [
        ({ tx, mine }) => digests.judgeHeldAnew(tx, mine, "ada", { now: future, noDigest: true }),
        undefined,
      ],
      judgeSnoozedAnew: [
        ({ tx, mine, theirs }) =>
          digests.judgeSnoozedAnew(tx, mine, [theirs.notificationId], { now: future, until: future }),
        undefined,
      ],
      judgeSomeAnew: [
        ({ tx, mine }) => digests.judgeSomeAnew(tx, mine, { now: future, after: reader, limit: 50, noDigest: true }),
        undefined,
      ],
    },
  },
  "domain/away/member-store.ts": {
    module: awayMembers,
    rows: {
      lookAtMembers: [
        ({ tx, mine, theirs: { chatId } }) =>
          awayMembers.lookAtMembers(tx, mine, { chatId, after: "", limit: 50, ripe: future }),
        { cursor: null, waiting: [] },
      ],
      stillWaiting: [({ tx, mine, theirs }) => awayMembers.stillWaiting(tx, mine, theirs.chatId, [waiting]), []],
    },
  },
  "domain/away/store.ts": {
    module: away,
    rows: {
      armSweeps: [({ tx, mine }) => away.armSweeps(tx, mine, [{ chatId: settled.id, dueAt: future }]), own],
      lockSweep: [({ tx, mine, theirs }) => away.lockSweep(tx, mine, theirs.chatId), undefined],
      saveSweep: [({ tx, mine, theirs }) => away.saveSweep(tx, mine, theirs.chatId, sweep), refused],
      endSweep: [({ tx, mine, theirs }) => away.endSweep(tx, mine, theirs.chatId, future), refused],
      findSweptChat: [({ tx, mine, theirs }) => away.findSweptChat(tx, mine, theirs.chatId), undefined],
      findQuotes: [({ tx, mine, theirs }) => away.findQuotes(tx, mine, theirs.chatId, [waiting]), new Map()],
      saveNotices: [
        ({ tx, mine, theirs: { chatId } }) => away.saveNotices(tx, mine, { chatId, at: future }, [notice]),
        undefined,
      ],
      findFirstUnripe: [
        ({ tx, mine, theirs }) => away.findFirstUnripe(tx, mine, theirs.chatId, new Date(0)),
        undefined,
      ],
      findNoticed: [({ tx, mine, theirs: { chatId } }) => away.findNoticed(tx, mine, [{ chatId, userId: "ben" }]), []],
      lockStale: [({ tx, mine, theirs: { chatId } }) => away.lockStale(tx, mine, { chatId, after: "", limit: 50 }), []],
      findQuoting: [({ tx, mine, theirs }) => away.findQuoting(tx, mine, theirs.chatId, 1), undefined],
      forgetNotices: [({ tx, mine, theirs }) => away.forgetNotices(tx, mine, theirs.chatId, [stale]), undefined],
    },
  },
  "domain/away/wording-store.ts": {
    module: wording,
    rows: {
      findTelling: [
        ({ tx, mine, theirs: { chatId } }) => wording.findTelling(tx, mine, { chatId, seq: 1, after: "", limit: 50 }),
        [],
      ],
      saveWordings: [
        ({ tx, mine, theirs: { notificationId } }) =>
          wording.saveWordings(tx, mine, [{ notificationId, message: "x", messages: [] }]),
        [],
      ],
    },
  },
};
