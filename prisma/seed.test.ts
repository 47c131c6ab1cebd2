import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mintTenantId } from "../server/auth/principal.ts";
import type { Chat } from "../server/domain/chats/schema.ts";
import type { Message } from "../server/domain/messages/schema.ts";
import type { Preferences } from "../server/domain/preferences/schema.ts";
import { createTenant } from "../server/domain/tenants/make-tenant.ts";
import type { TestDatabase } from "../server/testing/postgres.ts";
import { call, type Stack, startStack, testSecret } from "../server/testing/stack.ts";
import { harbourMaster, people, tenants, zones } from "./seed/cast.ts";
import { historyLength } from "./seed/chats.ts";
import { ensureIssuer } from "./seed/credentials.ts";
import type { DemoFile } from "./seed/demo-file.ts";
import { longHistory } from "./seed/history.ts";
import { minutesOfDay } from "./seed/local-time.ts";
import { demoId } from "./seed/store.ts";
import { seedDemo } from "./seed.ts";

const dataDir = mkdtempSync(join(tmpdir(), "parley-seed-"));
const elsewhere = mkdtempSync(join(tmpdir(), "parley-seed-"));
let stack: Stack;
let owner: Client;
let work: number;

beforeAll(async () => {
  stack = await startStack({ seed: "demo", dataDir });
  owner = await connect(stack.database);
  // Two nodes at once, each with a folder of its own.
  work = await cpuOf(() => Promise.all([stack.api.seed(), seed(elsewhere)]));
});
afterAll(async () => {
  await owner.end();
  await stack.close();
  for (const folder of [dataDir, elsewhere]) rmSync(folder, { recursive: true });
});

describe("makes", () => {
  test("two tenants, twelve people and six chats, once, with little work", async () => {
    expect(await everyRow()).toMatchObject({
      tenants: 2,
      users: 13,
      chats: 6,
      tenant_log: 2,
      issuers: 2,
      api_keys: 4,
      events: 6,
    });
    expect(work).toBeLessThan(3000);
  });

  test("400 notifications in all states, which their owners can go through to the first", async () => {
    const { rows } = await owner.query(`select count(*)::int as n, count(distinct user_id)::int as people,
      bool_or(status = 'scheduled') and bool_or(seen_at is null) and bool_or(seen_at is not null and read_at is null) and bool_or(read_at is not null)
      and bool_or(archived_at is not null) and bool_or(snoozed_until is not null) and bool_or(expires_at is not null) as all_states
      from notifications where tenant_id = 'demo'`);
    expect(rows).toEqual([{ n: 400, people: 12, all_states: true }]);
    type Page = { data: { id: string }[]; nextCursor: string; totalCount: number };
    const { body: first } = await as<Page>("ada", "GET", "/Notifications?limit=5");
    const { body: second } = await as<Page>("ada", "GET", `/Notifications?limit=200&before=${first.nextCursor}`);
    const { body: page } = await as<Page>("ada", "GET", "/Notifications");
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(page.totalCount);
  });

  test("types, templates in versions, topics with subscribers and what a few people chose, which all take effect", async () => {
    expect(await everyRow()).toMatchObject({
      categories: 8,
      templates: 2,
      template_versions: 4,
      topics: 3,
      topic_subscribers: 14,
      preferences: 4,
      preference_timings: 3,
    });
    const admin = withKey("demo", readFile().apiKey);
    type Page<T> = { data: T[] };
    const types = await admin<Page<{ type: string; required: boolean }>>("GET", "/admin/categories?pageSize=50");
    const declared = new Set(types.body.data.map(({ type }) => type));
    expect(types.body.data.filter(({ required }) => required)).toMatchObject([{ type: "Safety" }]);
    const { rows } = await owner.query("select distinct type from notifications where tenant_id = 'demo'");
    for (const { type } of rows) expect(declared).toContain(type);

    const versions = await admin<Page<object>>("GET", "/admin/templates/delay/versions");
    expect(versions.body.data).toMatchObject([{ state: "draft" }, { state: "published" }, { state: "retired" }]);
    for (const [name, version] of [
      ["delay", 1],
      ["delay", 2],
      ["delay", 3],
      ["shift-moved", 1],
    ]) {
      const { body } = await admin<{ missing: string[] }>("POST", `/admin/templates/${name}/preview`, { version });
      expect(body).toMatchObject({ missing: [], subject: expect.stringMatching(/late$|moved$/) });
    }
    const topics = await admin<Page<object>>("GET", "/admin/topics");
    expect(topics.body.data).toMatchObject([{ subscribers: 3 }, { subscribers: 7 }, { subscribers: 4 }]);

    const chosen = async (userId: string) => (await as<Preferences>(userId, "GET", "/preferences")).body;
    expect((await chosen("carla")).quietHours).toEqual({ enabled: true, from: "21:30", to: "07:30" });
    expect((await chosen("gita")).digest).toMatchObject({ every: "daily", at: "08:30" });
    const freight = (await chosen("ivo")).categories.find(({ type }) => type === "Freight");
    expect(freight?.channels.inApp).toEqual({ enabled: false, choice: "off", locked: false });
  });

  test("nothing at the next start, with next to no work", async () => {
    const before = await everyRow();
    const file = readFile();
    expect(await cpuOf(() => seed())).toBeLessThan(400);
    expect(await everyRow()).toEqual(before);
    expect(readFile()).toEqual(file);
  });

  test("people with a profile, the first two in one group that is the newest of all", async () => {
    const { body } = await call<DemoAnswer>(`${stack.url}/tenant/demo/v1/demo`, "GET", undefined, {});
    expect(body.users.map(({ userId }) => userId)).toEqual(people.map(({ userId }) => userId));
    for (const { avatarUrl } of body.users) expect(avatarUrl).toMatch(/^data:image\/svg\+xml,%3Csvg.{200,600}$/);
    for (const { userId } of people) expect((await chatsOf(userId))[0]?.name).toBe("Lobby");
  });

  test("chats of every kind", async () => {
    const chats = new Map((await chatsOf("ada")).map((chat) => [chat.name, chat]));
    expect(chats.get("Lobby")).toMatchObject({ kind: "group", memberCount: 12, frozen: false, role: "owner" });
    expect(chats.get("")).toMatchObject({ kind: "direct", memberCount: 2 });
    expect(chats.get("Bridge & operations")).toMatchObject({ lastSeq: historyLength, memberCount: 9 });
    expect(chats.get("Announcements")).toMatchObject({ policy: "moderated", frozen: true, memberCount: 12 });
    expect(chats.get("Winter timetable")).toMatchObject({ lastSeq: 0 });
    expect(chats.get("Winter timetable")).not.toHaveProperty("lastMessage");
    expect(chats.get("مكتب دبي للشحن")?.lastMessage?.content).toMatch(/[\u0600-\u06ff]/);
  });

  test("another tenant with one user and no chat", async () => {
    const { second } = readFile();
    const headers = { authorization: `Bearer ${second.user.token}` };
    const { status, body } = await call<{ data: Chat[] }>(
      `${stack.url}/tenant/harbour/v1/Chat`,
      "GET",
      undefined,
      headers,
    );
    expect({ status, chats: body.data }).toEqual({ status: 200, chats: [] });
    expect(second).toMatchObject({ tenantId: "harbour", user: { userId: harbourMaster.userId } });
    expect((await call(`${stack.url}/tenant/demo/v1/Chat`, "GET", undefined, headers)).status).toBe(403);
  });
});

describe("the past", () => {
  test("can be paged from the newest to the oldest message", async () => {
    const { id } = await longChat();
    const first = await pageOf(id, 1);
    expect(first).toMatchObject({ totalCount: historyLength, totalPages: 100, hasNextPage: true });
    expect(first.data.map(({ seq }) => seq)).toEqual(range(historyLength, 50));
    const last = await pageOf(id, 100);
    expect(last).toMatchObject({ hasNextPage: false });
    expect(last.data.map(({ seq }) => seq)).toEqual(range(50, 50));
    expect((await longChat()).lastMessage).toEqual(first.data[0]);
  });

  test("is in order, with replies, mentions, edits and tombstones that belong to it", async () => {
    const { id } = await longChat();
    const { rows } = await owner.query("select * from messages where chat_id = $1 order by seq", [id]);
    const seqOf = new Map(rows.map((row) => [row.id, Number(row.seq)]));
    for (const [index, row] of rows.entries()) {
      expect(Number(row.seq)).toBe(index + 1);
      expect(row.created_at >= (rows[index - 1]?.created_at ?? 0)).toBe(true);
      if (row.reply_to_id) expect(seqOf.get(row.reply_to_id)).toBeLessThan(index + 1);
      expect(row.content === "").toBe(row.deleted_at !== null);
    }
    const count = (has: (row: (typeof rows)[number]) => unknown) => rows.filter(has).length;
    expect(count((row) => row.reply_to_id)).toBeGreaterThan(200);
    expect(count((row) => row.mention_user_ids.length > 0)).toBeGreaterThan(100);
    expect(count((row) => row.edited_at)).toBeGreaterThan(40);
    expect(count((row) => row.deleted_at)).toBeGreaterThan(20);
    expect(new Set(rows.map((row) => row.content)).size).toBeGreaterThan(1500);
    expect(new Set(rows.map((row) => row.sender_id)).size).toBe(9);
  });

  test("keeps what an edited message said before", async () => {
    const { rows } = await owner.query(
      "select m.id, m.chat_id, m.content, m.sender_id, e.content as was from message_edits e join messages m on m.id = e.message_id",
    );
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row.was).not.toBe(row.content);
    const edited = rows.find((row) => row.sender_id === "ada");
    const { body } = await as<{ data: unknown[] }>("ada", "GET", `/Chat/${edited.chat_id}/messages/${edited.id}/edits`);
    expect(body.data).toMatchObject([{ version: 1, content: edited.was, editedBy: "ada" }]);
  });

  test("is unread exactly as far as counting says", async () => {
    const counts = [];
    for (const { userId } of people) {
      for (const chat of await chatsOf(userId)) {
        const { rows } = await owner.query(
          "select count(*)::int as n from messages where chat_id = $1 and seq > $2 and sender_id <> $3 and deleted_at is null",
          [chat.id, chat.lastReadSeq, userId],
        );
        expect(chat.unreadCount).toBe(Math.min(100, rows[0].n));
        const own = await owner.query("select max(seq) from messages where chat_id = $1 and sender_id = $2", [
          chat.id,
          userId,
        ]);
        expect(chat.lastReadSeq).toBeGreaterThanOrEqual(Number(own.rows[0].max));
        counts.push(chat.unreadCount);
      }
    }
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(5);
    expect(counts.filter((count) => count && count > 0 && count < 100).length).toBeGreaterThan(10);
    expect(counts).toContain(100);
  });

  test("goes on: the next message has the next seq, and deleting an old one leaves the chat's own event alone", async () => {
    const { id } = await longChat();
    const created = () => owner.query("select payload from events where chat_id = $1 and type = 'chat.created'", [id]);
    const before = (await created()).rows;
    const sent = await as<Message>("ada", "POST", `/Chat/${id}/messages`, { content: "Good morning" });
    expect(sent.body.seq).toBe(historyLength + 1);
    const { rows } = await owner.query(
      "select id from messages where chat_id = $1 and sender_id = 'ada' and deleted_at is null limit 1",
      [id],
    );
    const deleted = await as<Message>("ada", "DELETE", `/Chat/${id}/messages/${rows[0].id}`);
    expect(deleted).toMatchObject({ status: 200, body: { content: "" } });
    expect((await created()).rows).toEqual(before);
  });

  test("is the same at every start, at hours when people are up, in both zones", () => {
    const now = Date.UTC(2026, 10, 23, 0, 10);
    const lines = longHistory(now, historyLength);
    expect(longHistory(now, historyLength)).toEqual(lines);
    expect(lines.length).toBe(historyLength);
    expect(lines.at(-1)?.at).toBeLessThan(now);
    const days = (now - (lines[0]?.at ?? 0)) / 86_400_000;
    expect(Math.round(days)).toBeGreaterThanOrEqual(20);
    expect(Math.round(days)).toBeLessThanOrEqual(23);
    const summer = longHistory(Date.UTC(2026, 6, 1, 12), historyLength);
    const texts = (from: typeof lines) => from.map(({ text }) => text);
    expect(texts(summer)).toEqual(texts(lines));
    for (const all of [lines, summer])
      for (const [index, { at }] of all.entries()) expect(at).toBeGreaterThan(all[index - 1]?.at ?? 0);
    for (const { sender, at } of [...lines, ...summer]) {
      const zone = people.find(({ userId }) => userId === sender)?.timezone ?? "";
      expect(minutesOfDay(at, zone)).toBeGreaterThanOrEqual(6 * 60);
    }
    const inDubai = lines.filter(({ sender }) =>
      people.some((one) => one.userId === sender && one.timezone === zones.dubai),
    );
    expect(inDubai.length).toBeGreaterThan(1000);
    expect(lines.some(({ text }) => /[{}]|undefined/.test(text))).toBe(false);
  });
});

describe("demo.json", () => {
  test("has every field, is its owner's alone, and leaves nothing beside it", () => {
    expect(readFile()).toEqual({
      baseUrl: "http://localhost:3000",
      tenantId: tenants.demo.id,
      apiKey: expect.stringMatching(/^parley_demo_/),
      pusher: {
        appId: expect.stringMatching(/^\d{7,9}$/),
        key: expect.stringMatching(/^demo-[0-9a-f]{20}$/),
        secret: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
      admin: { email: expect.stringMatching(/@lighthouse\.example$/), password: expect.stringMatching(/^[\w-]{20}$/) },
      users: people.map(({ userId, displayName }) => ({ userId, displayName, token: expect.any(String) })),
      second: {
        tenantId: tenants.harbour.id,
        apiKey: expect.stringMatching(/^parley_harbour_/),
        user: { userId: harbourMaster.userId, token: expect.any(String) },
      },
    });
    expect(statSync(join(dataDir, "demo.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(["demo.json"]);
  });

  test("is good on every node, each with a folder of its own", async () => {
    for (const folder of [dataDir, elsewhere]) await expectGood(readFile(folder));
  });

  test("is written again when it is lost or damaged, without breaking what others hold", async () => {
    const before = readFile();
    rmSync(join(dataDir, "demo.json"));
    await seed();
    const { users, second, ...same } = before;
    expect(readFile()).toMatchObject(same);
    await expectGood(before);
    writeFileSync(join(dataDir, "demo.json"), "{ half");
    await seed();
    await expectGood(readFile());
  });

  test("gets a key that works after the primary was rotated; the old one stays refused", async () => {
    const before = readFile();
    const rotated = await withKey("demo", before.apiKey)<{ key: string }>("POST", "/admin/api-keys/primary/regenerate");
    expect(rotated.status).toBeLessThan(300);
    await Promise.all([seed(), seed(elsewhere)]);
    const after = readFile();
    expect(after.apiKey).not.toBe(before.apiKey);
    expect(readFile(elsewhere).apiKey).toBe(after.apiKey);
    await expectGood(after);
    expect((await withKey("demo", before.apiKey)("GET", "/admin/tenant")).status).toBe(401);
  });

  test("gets new tokens when they were revoked, or have less than 45 days left", async () => {
    const before = readFile();
    await withKey("demo", before.apiKey)("POST", "/admin/tenant/revoke-tokens");
    await seed();
    const after = readFile();
    await expectGood(after);
    expect(after.users[0]?.token).not.toBe(before.users[0]?.token);
    const { security } = stack.api.services;
    const late = Object.assign(Object.create(security), { now: () => Date.now() + 46 * 86_400_000 });
    await seed(dataDir, late);
    expect(readFile().users[0]?.token).not.toBe(after.users[0]?.token);
  });

  test("gets tokens of a new issuer when the tenant's own was switched off", async () => {
    const before = readFile();
    await owner.query("update issuers set enabled = false where tenant_id = 'demo'");
    await seed();
    await expectGood(readFile());
    expect((await tokenStatus(before.users[0]?.token ?? "")).status).toBe(401);
    const { db, security } = stack.api.services;
    await ensureIssuer({ db, security, authSecret: testSecret }, demoId);
    expect((await owner.query("select 1 from issuers where tenant_id = 'demo'")).rowCount).toBe(1);
  });

  test("shows people by the names they have now", async () => {
    await owner.query("update users set display_name = 'Ada of the Sea' where tenant_id = 'demo' and id = 'ada'");
    await seed();
    expect(readFile().users[0]).toMatchObject({ userId: "ada", displayName: "Ada of the Sea" });
  });
});

test("an id that somebody else's tenant has is said in one line, and nothing is made", async () => {
  const other = await startStack({ seed: "demo", dataDir });
  try {
    const { db } = other.api.services;
    await createTenant(db, testSecret, { id: "harbour", name: "Not ours" });
    await expect(other.api.seed()).rejects.toThrow(/^SEED=demo needs the tenant id harbour/);
    expect(await db.forTenant(mintTenantId("demo")).tenant.count()).toBe(0);
    await createTenant(db, testSecret, { id: "demo", name: "Not ours either" });
    await expect(other.api.seed()).rejects.toThrow(/^SEED=demo needs the tenant id demo/);
  } finally {
    await other.close();
  }
});

interface DemoAnswer {
  users: { userId: string; avatarUrl: string }[];
}

interface MessagePage {
  data: Message[];
  totalCount: number;
}

function seed(folder = dataDir, security = stack.api.services.security): Promise<void> {
  const { db, live } = stack.api.services;
  const config = { authSecret: testSecret, baseUrl: "http://localhost:3000", dataDir: folder };
  return seedDemo({ services: { db, security }, config, live });
}

/** What the process worked for it, in ms: unlike the time it took, that does not depend on who else is at work here. */
async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function readFile(folder = dataDir): DemoFile {
  return JSON.parse(readFileSync(join(folder, "demo.json"), "utf8"));
}

function withKey(tenant: string, apiKey: string) {
  return <T>(method: string, path: string, body?: unknown) =>
    call<T>(`${stack.url}/tenant/${tenant}/v1${path}`, method, body, { "x-api-key": apiKey });
}

function as<T>(userId: string, method: string, path: string, body?: unknown) {
  const token = readFile().users.find((user) => user.userId === userId)?.token ?? "";
  return call<T>(`${stack.url}/tenant/demo/v1${path}`, method, body, { authorization: `Bearer ${token}` });
}

function tokenStatus(token: string, tenant = "demo") {
  return call(`${stack.url}/tenant/${tenant}/v1/Chat`, "GET", undefined, { authorization: `Bearer ${token}` });
}

async function expectGood({ apiKey, users, second }: DemoFile): Promise<void> {
  expect((await withKey("demo", apiKey)("GET", "/admin/tenant")).status).toBe(200);
  expect((await withKey("harbour", second.apiKey)("GET", "/admin/tenant")).status).toBe(200);
  for (const { token } of users) expect((await tokenStatus(token)).status).toBe(200);
  expect((await tokenStatus(second.user.token, "harbour")).status).toBe(200);
}

async function chatsOf(userId: string): Promise<Chat[]> {
  return (await as<{ data: Chat[] }>(userId, "GET", "/Chat?pageSize=50")).body.data;
}

async function longChat(): Promise<Chat> {
  return (await chatsOf("ada")).find(({ name }) => name === "Bridge & operations") as Chat;
}

async function pageOf(chatId: string, pageNumber: number): Promise<MessagePage> {
  return (await as<MessagePage>("ada", "GET", `/Chat/${chatId}/messages?pageSize=50&pageNumber=${pageNumber}`)).body;
}

function range(from: number, length: number): number[] {
  return Array.from({ length }, (_, index) => from - index);
}

async function everyRow(): Promise<Record<string, number>> {
  const tables = ["tenants", "tenant_log", "issuers", "api_keys", "users", "chats", "chat_heads", "members"];
  const counts: Record<string, number> = {};
  const policy = ["categories", "templates", "template_versions", "topics", "topic_subscribers", "preferences"];
  for (const table of [
    ...tables,
    ...policy,
    "preference_timings",
    "membership_spans",
    "messages",
    "message_edits",
    "events",
  ])
    counts[table] = (await owner.query(`select count(*)::int as n from ${table}`)).rows[0].n;
  return counts;
}

async function connect({ ownerUrl }: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  return client;
}
