import { afterAll, beforeAll, expect, test } from "vitest";
import { signLinkToken } from "../auth/link-token.ts";
import { allOperations } from "../operations.ts";
import { expectSoundLog, expectSoundMembership, Owner } from "../testing/chaos/owner.ts";
import { rounds } from "../testing/chaos/rounds.ts";
import { makeOperator } from "../testing/console.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../testing/stack.ts";

type Row = () => [method: string, path: string, body?: unknown];

/** Mutating operations that write no row another call could want. */
const alone = [
  ...["typing.send", "tokens.create", "issuers.test", "installation.createTenant", "users.actAs", "templates.preview"],
  "notifications.preview",
  ...["pusherApps.authorizeChannel", "pusherApps.authorizeUser"],
  // Take what a worker left, of which there is none here.
  ...["deliveries.resend", "deliveries.release", "jobs.retryDead", "jobs.removeDead"],
  ...["connections.disconnect", "tasks.cancel", "tasks.delete"],
  ...["webhooks.resend", "mail.sendTest", "mail.takeSesEvent"],
  ...["installation.takeSesEvent", "installation.takePostmarkEvent"],
  // Take one lock of the tenant, its own row; the first three are its owner's in person.
  // Write one row, in a table of their own.
  ...["adminChats.export", "users.export", "users.erase"],
  ...["tenants.delete", "tenants.restore", "operators.transferOwnership", "installation.updateTenant"],
];
/** Of persons, at no tenant's address. */
const elsewhere = /^(account|people|sessions)\./;
const users = ["ann", "bob"];
const plenty = { rate: 1_000_000, burst: 1_000_000 };

let database: TestDatabase;
let stack: Stack;
let acme: TestTenant;
let urls: string[];
let counter = 0;
const at = { chatId: "", messageIds: [""], issuerId: "", keyId: "", scheduledId: "", batchId: "", webhookId: "" };
const [ofOperators, ofLink] = [{ personId: "", invitationId: "" }, { token: "" }];
/** The newest few of boss. */
const notificationIds: string[] = [];
const news = { userId: "boss", subject: "s", message: "m" };

const next = () => counter++;
const oneOf = <T>(items: readonly T[]): T => items[next() % items.length] as T;
const chat = (path = "") => `/Chat/${at.chatId}${path}`;
const notification = (path = "") => `/Notifications/${oneOf(notificationIds)}${path}`;
const message = () => chat(`/messages/${oneOf(at.messageIds)}`);

/** One call of each operation, always on the same few rows. */
const rows: Record<string, Row> = {
  "chats.create": () => ["POST", "/Chat", { kind: "direct", memberUserIds: [oneOf(users)] }],
  "chats.update": () => ["PATCH", chat(), { name: `Name ${next()}` }],
  "chats.delete": () => ["DELETE", chat()],
  "chats.setNotifications": () => ["PUT", chat("/notifications"), { mute: oneOf(["all", "none"]) }],
  "members.add": () => ["POST", chat("/members"), { userIds: oneOf([users, users.toReversed()]) }],
  "members.remove": () => ["DELETE", chat(`/members/${oneOf(users)}`)],
  "members.update": () => ["PATCH", chat(`/members/${oneOf(users)}`), { role: oneOf(["moderator", "member"]) }],
  "messages.send": () => ["POST", chat("/messages"), { content: "x", clientMessageId: `m${next() % 50}` }],
  "messages.edit": () => ["PATCH", message(), { content: `x${next()}` }],
  "messages.delete": () => ["DELETE", message()],
  "reads.move": () => ["PUT", chat("/read"), { seq: next() % 9, unread: oneOf([true, false, false]) }],
  "notifications.create": () => ["POST", "/Notifications", news],
  "notifications.setRead": () => ["PUT", notification(`/read?read=${oneOf(["true", "false", "true"])}`)],
  "notifications.setSeen": () => ["PUT", notification("/seen")],
  "notifications.setArchived": () => ["PUT", notification(`/archive?archived=${oneOf(["true", "false", "true"])}`)],
  "notifications.snooze": () => ["PUT", notification("/snooze"), { until: `29${10 + (next() % 80)}-01-01T00:00:00Z` }],
  "notifications.delete": () => ["DELETE", notification()],
  "notifications.remove": () => ["DELETE", `/admin${notification().toLowerCase()}`],
  "notifications.update": () => ["PATCH", `/Notifications/${at.scheduledId}`, { subject: `s${next()}` }],
  "notifications.readAll": () => ["PUT", "/Notifications/read-all"],
  "notifications.seeAll": () => ["PUT", "/Notifications/seen-all"],
  "notifications.bulkRead": () => [
    "PUT",
    "/Notifications/bulk/read",
    { ids: notificationIds, read: oneOf([true, false]) },
  ],
  "notifications.bulkArchive": () => ["PUT", "/Notifications/bulk/archive", { ids: notificationIds.toReversed() }],
  "notifications.bulkDelete": () => ["PUT", "/Notifications/bulk/delete", { ids: notificationIds.slice(-2) }],
  "batches.create": () => ["POST", "/Notifications/bulk", { ...news, userIds: oneOf([users, users.toReversed()]) }],
  "batches.update": () => ["PATCH", `/Notifications/batches/${at.batchId}`, { subject: `s${next()}` }],
  "batches.cancel": () => ["DELETE", `/Notifications/batches/${at.batchId}`],
  "topics.put": () => ["PUT", "/admin/topics/t", { name: `Topic ${next()}` }],
  "topics.delete": () => ["DELETE", "/admin/topics/t"],
  "topics.subscribe": () => ["POST", "/admin/topics/t/subscribers", { userIds: oneOf([users, users.toReversed()]) }],
  "topics.unsubscribe": () => ["DELETE", `/admin/topics/t/subscribers/${oneOf(users)}`],
  "presence.set": () => ["PUT", "/presence", { state: oneOf(["away", "online"]) }],
  "users.put": () => ["PUT", `/Users/${oneOf(users)}`, { displayName: `User ${next()}` }],
  "users.revoke": () => ["POST", `/admin/users/${oneOf(users)}/revoke`],
  "apiKeys.create": () => ["POST", "/admin/api-keys", { name: "k", scopes: ["events:read"] }],
  "apiKeys.rotate": () => ["POST", "/admin/api-keys/secondary/regenerate"],
  "apiKeys.delete": () => ["DELETE", `/admin/api-keys/${at.keyId}`],
  "issuers.create": () => ["POST", "/admin/issuers", { name: "i", kind: "hs256", secret: "s".repeat(40) }],
  "issuers.update": () => ["PATCH", `/admin/issuers/${at.issuerId}`, { name: `i${next()}` }],
  "issuers.delete": () => ["DELETE", `/admin/issuers/${at.issuerId}`],
  "tenants.update": () => ["PATCH", "/admin/tenant", { name: `Acme ${next()}` }],
  "tenants.revokeAll": () => ["POST", "/admin/tenant/revoke-tokens"],
  "adminChats.create": () => ["POST", "/admin/chats", { memberUserIds: oneOf([users, users.toReversed()]) }],
  "adminChats.update": () => ["PATCH", ofAdmin(), { name: `Name ${next()}` }],
  "adminChats.delete": () => ["DELETE", ofAdmin("?name=Crew")],
  "adminChats.addMembers": () => ["POST", ofAdmin("/members"), { userIds: oneOf([users, users.toReversed()]) }],
  "adminChats.removeMember": () => ["DELETE", ofAdmin(`/members/${oneOf(users)}`)],
  "adminChats.updateMember": () => [
    "PATCH",
    ofAdmin(`/members/${oneOf(users)}`),
    { role: oneOf(["moderator", "member"]) },
  ],
  "adminChats.deleteMessage": () => ["DELETE", ofAdmin(`/messages/${oneOf(at.messageIds)}`)],
  "categories.put": () => ["PUT", "/admin/categories/t", { title: `Title ${next()}` }],
  "categories.delete": () => ["DELETE", "/admin/categories/t"],
  "templates.save": () => ["PUT", "/admin/templates/t", { subject: `s${next()}`, message: "m", publish: true }],
  "templates.publish": () => ["POST", "/admin/templates/t/publish", { version: 1 }],
  "templates.rollBack": () => ["POST", "/admin/templates/t/rollback"],
  "templates.test": () => ["POST", "/admin/templates/t/test", { userId: "boss" }],
  "templates.delete": () => ["DELETE", "/admin/templates/t"],
  "preferences.put": () => ["PUT", "/preferences", choices()],
  "preferences.putByLink": () => ["PUT", `/links/${ofLink.token}/preferences`, choices()],
  "preferences.unsubscribe": () => ["POST", `/links/${ofLink.token}/unsubscribe`],
  "preferences.resubscribe": () => ["POST", `/links/${ofLink.token}/resubscribe`],
  "mail.updateSettings": () => ["PATCH", "/admin/mail/settings", { postmarkSecret: "s" }],
  "mail.takePostmarkEvent": () => ["POST", "/mail/events/postmark", { ...bounce, secret: "s" }],
  "suppressions.add": () => ["POST", "/admin/suppressions", { address: bounce.email }],
  "suppressions.remove": () => ["DELETE", `/admin/suppressions/${bounce.email}`],
  "pusherApps.rotate": () => ["POST", "/admin/pusher/rotate", { key: oneOf([true, false]) }],
  "pusherApps.update": () => ["PATCH", "/admin/pusher", { clientEvents: oneOf([true, false]) }],
  "webhooks.create": () => ["POST", "/admin/webhooks", { url: "https://hooks.example/parley" }],
  "webhooks.update": () => ["PATCH", webhook(), { description: `Hook ${next()}` }],
  "webhooks.delete": () => ["DELETE", webhook()],
  "webhooks.rotate": () => ["POST", webhook("/rotate"), { overlapHours: 1 }],
  "webhooks.sendSample": () => ["POST", webhook("/sample"), { type: "chat.created" }],
  "webhooks.replay": () => ["POST", webhook("/replay"), {}],
  "operators.update": () => [
    "PATCH",
    `/admin/operators/${ofOperators.personId}`,
    { role: oneOf(["admin", "support"]) },
  ],
  "operators.remove": () => ["DELETE", `/admin/operators/${ofOperators.personId}`],
  "operators.invite": () => [
    "POST",
    "/admin/operators/invitations",
    { email: `x${next() % 5}@example.com`, role: "support" },
  ],
  "operators.revokeInvitation": () => ["DELETE", `/admin/operators/invitations/${ofOperators.invitationId}`],
};
const webhook = (path = "") => `/admin/webhooks/${at.webhookId}${path}`;
const ofAdmin = (path = "") => `/admin/chats/${at.chatId}${path}`;
const bounce = { recordType: "Bounce", type: "HardBounce", email: "b@example.com", reference: "2" };
const choices = () => ({ categories: [{ type: "t", inApp: oneOf(["on", "off"]), email: oneOf(["off", "on"]) }] });

/** Operations that lock alike take turns in one place of the table, that of the first. */
const alike = [
  ["setRead setSeen setArchived snooze delete readAll seeAll bulkRead bulkArchive bulkDelete", "notifications"],
  ["save publish rollBack delete", "templates"],
  ["put putByLink unsubscribe resubscribe", "preferences"],
  ["update remove invite revokeInvitation", "operators"],
  ["update create delete rotate sendSample replay", "webhooks"],
].map(([verbs = "", noun]) => verbs.split(" ").map((verb) => `${noun}.${verb}`));
alike.push(
  ["chats.create", "adminChats.create"],
  ["chats.update", "adminChats.update"],
  ["chats.delete", "adminChats.delete"],
  ["members.add", "adminChats.addMembers"],
  ["members.remove", "adminChats.removeMember"],
  ["members.update", "adminChats.updateMember"],
  ["messages.delete", "adminChats.deleteMessage"],
  ["notifications.create", "templates.test"],
  // What the tenant has settled: no call takes more than one of these rows.
  [
    ...["categories.put", "categories.delete", "mail.updateSettings", "mail.takePostmarkEvent"],
    ...["suppressions.add", "suppressions.remove", "pusherApps.rotate", "pusherApps.update"],
  ],
);

beforeAll(async () => {
  database = await createTestDatabase();
  stack = await startStack({ database: { ...database, embedded: false, connections: 16 } });
  acme = await stack.tenant("acme");
  urls = [stack.url, (await stack.another()).url];
  const rates = { user: plenty, key: plenty, tenant: plenty };
  await acme.key()("PATCH", "/admin/tenant", { settings: { rates } });
  ofLink.token = signLinkToken(testSecret, { tenantId: acme.tenantId, userId: "boss", type: "t" });
});
afterAll(() => database.drop());

interface Made {
  id?: string;
  invitationId?: string;
}

/** The boss of the chat calls, by key: revoking tokens must not stop the test. */
async function make(name: string, node: number): Promise<{ name: string; status: number; body: Made }> {
  const [method, path, body] = rows[name]?.() ?? ["", ""];
  const byKey = /^\/(admin|Users)\//.test(path) || /^(notifications\.(create|update)|batches\..*)$/.test(name);
  const headers = { "x-api-key": acme.primaryKey, ...(byKey ? {} : { "x-act-as-user": "boss" }) };
  const answer = await call<Made>(`${urls[node]}/tenant/acme/v1${path}`, method, body, headers);
  ofOperators.invitationId = answer.body.invitationId ?? ofOperators.invitationId;
  if (name === "notifications.create" && notificationIds.push(answer.body.id ?? "") > 5) notificationIds.shift();
  return { name, status: answer.status, body: answer.body };
}

/** A deletion → what makes it again. */
const makers = {
  "topics.delete": "topics.put",
  "categories.delete": "categories.put",
  "templates.delete": "templates.save",
  "suppressions.remove": "suppressions.add",
  "mail.takePostmarkEvent": "mail.updateSettings",
};

/** What a deletion took away is made again. */
async function restore(deleted: string): Promise<void> {
  const boss = acme.key({ "x-act-as-user": "boss" });
  if (["", "chats.delete", "adminChats.delete"].includes(deleted)) {
    at.chatId = (await boss<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: users })).body.id;
    at.messageIds = ["", "", ""];
    for (const index of at.messageIds.keys())
      at.messageIds[index] = (await boss<{ id: string }>("POST", chat("/messages"), { content: "x" })).body.id;
  }
  for (const n of deleted.startsWith("notifications.") || deleted === "" ? [1, 2, 3] : [])
    await make("notifications.create", n % 2);
  if (deleted === "")
    at.scheduledId = (
      await acme.key()<{ id: string }>("POST", "/Notifications", { ...news, scheduledFor: "2990-01-01T00:00:00Z" })
    ).body.id;
  for (const [gone, maker] of Object.entries(makers))
    if (["", gone].includes(deleted)) for (const node of [0, 1]) await make(maker, node);
  if (["", "operators.remove"].includes(deleted))
    ofOperators.personId = (
      await makeOperator(stack.api.services.db, testSecret, { tenantId: acme.tenantId, role: "support" })
    ).personId;
  if (["", "operators.revokeInvitation"].includes(deleted)) await make("operators.invite", 0);
  if (["", "batches.cancel"].includes(deleted))
    at.batchId = (
      await acme.key()<{ id: string }>("POST", "/Notifications/bulk", {
        ...news,
        userIds: users,
        scheduledFor: "2990-01-01T00:00:00Z",
      })
    ).body.id;
  if (["", "issuers.delete"].includes(deleted)) at.issuerId = (await make("issuers.create", 0)).body.id ?? "";
  if (["", "webhooks.delete"].includes(deleted)) at.webhookId = (await make("webhooks.create", 0)).body.id ?? "";
  if (["", "apiKeys.delete"].includes(deleted)) at.keyId = (await make("apiKeys.create", 0)).body.id ?? "";
}

/** What ends the chat has but one chance each time, so it meets each that wants the chat alone, and more often. */
function pairsAtTheEnd(names: string[]): string[][] {
  const ofChat = names.filter((name) => /^(chats|members|messages|reads)\./.test(name));
  // An Admin's needs the chat's name, which other rounds change.
  const ends = ["chats.delete", "adminChats.delete", "chats.delete", "adminChats.delete", "chats.delete"];
  return ofChat.flatMap((name) => ends.map((end) => [end, name, name]));
}

test("every mutating operation has its row here", () => {
  const mutations = allOperations
    .filter(({ kind, name }) => kind === "mutation" && !elsewhere.test(name))
    .map(({ name }) => name);
  expect([...Object.keys(rows), ...alone].sort()).toEqual(mutations.sort());
});

test("every operation against every other on the same rows, on two nodes: no 5xx, no deadlock, a sound log", async () => {
  await restore("");
  const names = Object.keys(rows);
  const faults: unknown[] = [];
  const succeeded = new Set<string>();
  const led = names.filter((name) => !alike.some((group) => group.includes(name, 1)));
  const all = [...rounds(led), ...rounds(led.toReversed()), ...pairsAtTheEnd(led)];
  for (const round of all) {
    const made = [...round, ...round.toReversed()].map((name) =>
      oneOf(alike.find((group) => group[0] === name) ?? [name]),
    );
    for (const answer of await Promise.all(made.map((name, i) => make(name, i % 2)))) {
      if (answer.status >= 500) faults.push({ round, ...answer });
      if (answer.status < 300) succeeded.add(answer.name);
    }
    for (const deleted of new Set(made))
      if (/\.(delete|remove|bulkDelete|cancel|revokeInvitation)$/.test(deleted)) await restore(deleted);
  }
  expect(faults).toEqual([]);
  expect([...succeeded].sort()).toEqual(names.sort());

  await stack.close(); // connections tell of their deadlocks when they end
  const owner = await Owner.open(database.ownerUrl);
  const { rows: stats } = await owner.client.query(
    "select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()",
  );
  expect(stats).toEqual([{ deadlocks: 0 }]);
  await expectSoundLog(owner, "acme");
  await expectSoundMembership(owner);
  await owner.close();
}, 300_000);
