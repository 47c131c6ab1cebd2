import { randomUUID } from "node:crypto";
import * as auth from "../../auth/store.ts";
import * as apiKeys from "../../domain/api-keys/store.ts";
import * as chats from "../../domain/chats/store.ts";
import * as demo from "../../domain/demo/store.ts";
import * as issuers from "../../domain/issuers/store.ts";
import * as members from "../../domain/members/store.ts";
import * as appendMessages from "../../domain/messages/append-store.ts";
import * as laneMessages from "../../domain/messages/lane-store.ts";
import * as messages from "../../domain/messages/store.ts";
import * as metrics from "../../domain/metrics/store.ts";
import * as presence from "../../domain/presence/store.ts";
import * as reads from "../../domain/reads/store.ts";
import * as tenants from "../../domain/tenants/store.ts";
import * as users from "../../domain/users/store.ts";
import * as jobs from "../../jobs/store.ts";
import * as log from "../../log/store.ts";
import * as realtime from "../../realtime/store.ts";
import { beyondList, own, refused, type StoreModules } from "./intruder.ts";
import { developerStores } from "./stores-developers.ts";
import { inboxStores } from "./stores-inbox.ts";
import { mailStores } from "./stores-mail.ts";
import { operatorStores } from "./stores-operators.ts";
import { personStores } from "./stores-people.ts";
import { policyStores } from "./stores-policy.ts";
import { pusherStores } from "./stores-pusher.ts";
import { webhookStores } from "./stores-webhooks.ts";

const future = new Date("2100-01-01T00:00:00Z");
const page = { offset: 0, pageSize: 50 };
const span = { after: 0, upto: Number.MAX_SAFE_INTEGER, limit: 1000 };
const always = { since: new Date(0), upto: future, stepMs: 60_000 };
const sample = { minute: 0, calls: 1, faults: 0, connections: 0, latencies: [1] };
const draft = {
  kind: "hs256" as const,
  name: "x",
  secret: "x".repeat(40),
  claims: {},
  enabled: true,
  algorithms: ["HS256"],
};

/** Every function of every store, called for one tenant on what is another's. */
export const storeRows: StoreModules = {
  ...policyStores,
  ...mailStores,
  ...pusherStores,
  ...webhookStores,
  ...personStores,
  ...developerStores,
  "auth/store.ts": {
    module: auth,
    rows: {
      readSecurity: [({ db, mine }) => auth.readSecurity(db, mine), own],
      touchKeys: [({ db, mine, theirs }) => auth.touchKeys(db, mine, new Map([[theirs.keyId, +future]])), undefined],
      noteUsers: [({ db, mine }) => auth.noteUsers(db, mine, [{ userId: "ada", issuedAt: undefined }]), undefined],
    },
  },
  "domain/api-keys/store.ts": {
    module: apiKeys,
    rows: {
      listKeys: [({ db, mine }) => apiKeys.listKeys(db, mine), own],
      insertKey: [({ tx, mine }) => apiKeys.insertKey(tx, mine, { kind: "named", name: "x", scopes: [] }), own],
      insertNamedKey: [({ tx, mine }) => apiKeys.insertNamedKey(tx, mine, { name: "x", scopes: [] }), own],
      replaceKey: [({ tx, mine, theirs }) => apiKeys.replaceKey(tx, mine, theirs.keyId), refused],
      deleteNamedKey: [({ tx, mine, theirs }) => apiKeys.deleteNamedKey(tx, mine, theirs.keyId), refused],
    },
  },
  "domain/chats/store.ts": {
    module: chats,
    rows: {
      listUserChatIds: [({ db, mine }) => chats.listUserChatIds(db, mine, "ada", { offset: 0, limit: 50 }), []],
      countUserChats: [({ db, mine }) => chats.countUserChats(db, mine, "ada"), 0],
      findMemberChats: [({ db, mine, theirs }) => chats.findMemberChats(db, mine, "ada", [theirs.chatId]), []],
      getMemberChat: [({ db, mine, theirs }) => chats.getMemberChat(db, mine, "ada", theirs.chatId), refused],
      findDirectChatId: [({ db, mine }) => chats.findDirectChatId(db, mine, '["ada","ben"]'), undefined],
      getChat: [({ db, mine, theirs }) => chats.getChat(db, mine, theirs.chatId), refused],
      getTenantChat: [({ db, mine, theirs }) => chats.getTenantChat(db, mine, theirs.chatId), refused],
      listTenantChats: [({ db, mine }) => chats.listTenantChats(db, mine, { limit: 50 }, { member: "ada" }), []],
      listFirstMembers: [({ db, mine, theirs }) => chats.listFirstMembers(db, mine, [theirs.chatId], 9), new Map()],
      withHead: { reason: "completes a row that one of the others has read" },
    },
  },
  "domain/demo/store.ts": {
    module: demo,
    rows: { listPeople: [({ db, mine }) => demo.listPeople(db, mine), own] },
  },
  "domain/issuers/store.ts": {
    module: issuers,
    rows: {
      listIssuers: [({ db, mine }) => issuers.listIssuers(db, mine), own],
      lockIssuer: [({ tx, mine, theirs }) => issuers.lockIssuer(tx, mine, theirs.issuerId), refused],
      insertIssuer: [({ tx, mine }) => issuers.insertIssuer(tx, mine, "a secret of tests", draft), own],
      renewInternalIssuer: [({ tx, mine }) => issuers.renewInternalIssuer(tx, mine, "another secret of tests"), true],
      insertInternalIssuer: [({ tx, mine }) => issuers.insertInternalIssuer(tx, mine, "a secret of tests"), undefined],
      saveIssuer: { reason: "writes the row that lockIssuer answered with" },
      removeIssuer: { reason: "removes the row that lockIssuer answered with" },
    },
  },
  "domain/members/store.ts": {
    module: members,
    rows: {
      addMembers: [
        ({ tx, mine, theirs: { chatId } }) =>
          members.addMembers(tx, mine, [{ chatId, userId: "eve", role: "owner", fromPosition: 1, lastReadSeq: 0 }]),
        undefined,
      ],
      removeMember: [
        ({ tx, mine, theirs: { chatId } }) => members.removeMember(tx, mine, { chatId, userId: "ben", toPosition: 9 }),
        refused,
      ],
      removeAllMembers: [({ tx, mine, theirs }) => members.removeAllMembers(tx, mine, theirs.chatId, 9), undefined],
      listMembers: [({ db, mine, theirs }) => members.listMembers(db, mine, theirs.chatId, { limit: 50 }), []],
      getStanding: [({ tx, mine, theirs }) => members.getStanding(tx, mine, theirs.chatId, "ada"), refused],
      keepMembers: [({ db, mine, theirs }) => members.keepMembers(db, mine, theirs.chatId, ["ada", "ben"]), []],
      keepEverMembers: [({ db, mine, theirs }) => members.keepEverMembers(db, mine, theirs.chatId, ["ada", "ben"]), []],
      listMemberIds: [({ db, mine, theirs }) => members.listMemberIds(db, mine, theirs.chatId, 50), []],
    },
  },
  "domain/messages/append-store.ts": {
    module: appendMessages,
    rows: {
      appendPlain: [
        ({ db, mine, theirs: { chatId } }) =>
          appendMessages.appendPlain(db.pool, mine, [
            {
              message: { id: randomUUID(), chatId, senderId: "ada", content: "x", metadata: {} },
              bodyHash: "x",
            },
          ]),
        undefined,
      ],
    },
  },
  "domain/messages/lane-store.ts": {
    module: laneMessages,
    rows: {
      storeMessage: [
        ({ db, mine, theirs: { chatId } }) =>
          laneMessages.storeMessage(db, mine, {
            message: { id: randomUUID(), chatId, senderId: "ada", content: "x", metadata: {} },
            bodyHash: "x",
          }),
        refused,
      ],
      changeMessage: [
        ({ db, mine, theirs: { chatId, messageId } }) =>
          laneMessages.changeMessage(db, mine, { operation: "delete", chatId, messageId, actor: "ada", admin: true }),
        refused,
      ],
    },
  },
  "domain/messages/store.ts": {
    module: messages,
    rows: {
      getVisibleMessage: [({ db, mine, theirs }) => messages.getVisibleMessage(db, mine, "ada", theirs), refused],
      listMessages: [
        ({ db, mine, theirs }) =>
          messages.listMessages(db, mine, theirs.chatId, { from: 1, to: 100, limit: 100, order: "desc" }),
        [],
      ],
      loadMessages: [({ db, mine, theirs }) => messages.loadMessages(db.pool, mine, [theirs.messageId]), new Map()],
      findMessages: [({ db, mine, theirs }) => messages.findMessages(db, mine, [theirs.messageId]), new Map()],
      listEditsOf: [({ db, mine, theirs }) => messages.listEditsOf(db, mine, [theirs.messageId]), new Map()],
      listEdits: [
        ({ db, mine, theirs }) => messages.listEdits(db, mine, theirs.messageId, page),
        { total: 0, edits: [] },
      ],
    },
  },
  "domain/presence/store.ts": {
    module: presence,
    rows: { filterAcquainted: [({ db, mine }) => presence.filterAcquainted(db, mine, "ada", ["ada", "ben"]), ["ada"]] },
  },
  "domain/reads/store.ts": {
    module: reads,
    rows: {
      moveRead: [
        ({ db, mine, theirs: { chatId } }) => reads.moveRead(db, mine, { chatId, userId: "ben", seq: 2, back: false }),
        refused,
      ],
    },
  },
  "domain/tenants/store.ts": {
    module: tenants,
    rows: {
      getTenant: [({ db, mine }) => tenants.getTenant(db, mine), own],
      isHalted: [({ db, mine }) => tenants.isHalted(db, mine), own],
      lockTenant: [({ tx, mine }) => tenants.lockTenant(tx, mine), own],
      saveTenant: [({ tx, mine }) => tenants.saveTenant(tx, mine, { name: "x" }), own],
      setStanding: [({ tx, mine }) => tenants.setStanding(tx, mine, { suspended: false }), own],
      listInstallationTenants: {
        reason: "the list of the installation's owner: names and counts, nothing of what is in them",
      },
      revokeTenantTokens: [({ tx, mine }) => tenants.revokeTenantTokens(tx, mine), own],
    },
  },
  "domain/users/store.ts": {
    module: users,
    rows: {
      ensureUser: [({ tx, mine }) => users.ensureUser(tx, mine, "eve"), undefined],
      findUser: [({ db, mine, theirs }) => users.findUser(db, mine, theirs.userId), null],
      findDisplayNames: [async ({ db, mine }) => [...(await users.findDisplayNames(db, mine, ["ben"]))], []],
      findPeople: [({ db, mine }) => users.findPeople(db, mine, ["ben"]), []],
      isNamedAnywhere: [({ db, mine }) => users.isNamedAnywhere(db, mine, "ben"), false],
      ensureKnown: [({ tx, mine, theirs }) => users.ensureKnown(tx, mine, theirs.userId), refused],
      lockReach: [({ tx, mine, theirs }) => users.lockReach(tx, mine, theirs.userId), undefined],
      saveProfile: [({ tx, mine }) => users.saveProfile(tx, mine, "ada", { displayName: "x" }), own],
      revokeUserTokens: [({ tx, mine }) => users.revokeUserTokens(tx, mine, "ada"), own],
      countUsers: [
        ({ db, mine }) => beyondList(users.countUsers(db, mine), users.listUsersBetween(db, mine, { limit: 50 })),
        0,
      ],
      listUsersBetween: [({ db, mine }) => users.listUsersBetween(db, mine, { limit: 50 }), own],
    },
  },
  "jobs/store.ts": {
    module: jobs,
    rows: {
      retainEvents: [({ db, mine }) => jobs.retainEvents(db.pool, mine, future, 1000), 0],
      retainChannels: [({ db, mine }) => jobs.retainChannels(db.pool, mine, { cached: future, noted: future }), own],
      takeChannelNotices: [({ tx, mine }) => jobs.takeChannelNotices(tx, mine, 10), []],
      retainWebhooks: [({ db, mine }) => jobs.retainWebhooks(db.pool, mine, future, 1000), own],
      purgeTenant: [({ db, mine }) => jobs.purgeTenant(db.pool, mine, 1000), 0],
      retainMail: [
        ({ db, mine }) => jobs.retainMail(db.pool, mine, { caught: future, settled: future, limit: 1000 }),
        own,
      ],
      retainNotifications: [({ db, mine }) => jobs.retainNotifications(db.pool, mine, future, 1000), own],
      retainKeys: [({ db, mine }) => jobs.retainKeys(db.pool, mine, future, 100), 0],
    },
  },
  "domain/metrics/store.ts": {
    module: metrics,
    rows: {
      addMinutes: [({ db, mine }) => metrics.addMinutes(db.pool, mine, [sample]), undefined],
      countMinutes: [({ tx, mine }) => metrics.countMinutes(tx, mine, span), undefined],
      readMinutes: [({ db, mine }) => metrics.readMinutes(db, mine, always), own],
      countFailures: [({ db, mine }) => metrics.countFailures(db, mine, always), own],
      retainMinutes: [({ db, mine }) => metrics.retainMinutes(db.pool, mine, future, 1000), own],
    },
  },
  "log/store.ts": {
    module: log,
    rows: {
      epochOf: [({ tx, mine }) => log.epochOf(tx, mine), own],
      findReaderState: [({ db, mine }) => log.findReaderState(db.pool, mine, "ada"), own],
      readEvents: [({ db, mine }) => log.readEvents(db.pool, mine, span), []],
      readVisibleEvents: [({ db, mine }) => log.readVisibleEvents(db.pool, mine, "ada", span), []],
      readChannelEvents: [
        ({ db, mine, theirs }) => log.readChannelEvents(db.pool, mine, { userId: "ada", chatId: theirs.chatId }, span),
        [],
      ],
      readHeads: [({ db, mine }) => log.readHeads(db.pool, [mine]), own],
      findBehind: { reason: "a look across tenants: it shows which have work, and nothing of it" },
      toEvent: { reason: "shapes a row that one of the others has read" },
    },
  },
  "realtime/store.ts": {
    module: realtime,
    rows: {
      putPresence: [
        ({ db, mine }) => realtime.putPresence(db.pool, mine, "n", [{ userId: "ada", state: "online" }]),
        own,
      ],
      setPresenceState: [({ db, mine }) => realtime.setPresenceState(db.pool, mine, "ben", "away"), false],
      findPresence: [
        ({ db, mine }) => realtime.findPresence(db.pool, mine, ["ben"]),
        [{ userId: "ben", state: "offline", lastSeen: null }],
      ],
      findPresenceChats: [
        ({ db, mine }) => realtime.findPresenceChats(db.pool, mine, ["ben"], 1000),
        new Map([["ben", []]]),
      ],
      dropDeadPresence: [({ db, mine }) => realtime.dropDeadPresence(db.pool, mine), own],
      beat: { reason: "about a node, which is nobody's" },
      findNodeUrl: { reason: "about a node, which is nobody's" },
      retireNode: { reason: "about a node, which is nobody's" },
    },
  },
  ...inboxStores,
  ...operatorStores,
};
