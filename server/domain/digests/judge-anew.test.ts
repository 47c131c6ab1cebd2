import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimMail, finishMail } from "../../jobs/mail/mail-store.ts";
import { startWorker } from "../../jobs/worker.ts";
import type { Database } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { type HeldMail, holdMails } from "../../testing/held-mails.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { judgeAnew } from "./judge-anew.ts";
import { runDigests } from "./run-digests.ts";
import { judgeSomeAnew, type Reader } from "./store.ts";

let stack: Stack;
let tenant: TestTenant;
let db: Database;
let made = 0;
const later = new Date("2099-01-01T00:00:00Z");
const night = { enabled: true, from: "00:00", to: "23:59" };

beforeAll(async () => {
  stack = await startStack();
  db = stack.api.services.db;
});
afterAll(() => stack.close());
beforeEach(async () => {
  tenant = await stack.tenant(`acme-${++made}`);
  await set({ channels: { email: true }, quietHours: night });
});

const set = async (notifications: object, rest: object = {}) =>
  expect(await tenant.key()("PATCH", "/admin/tenant", { settings: { notifications, ...rest } })).toMatchObject({
    status: 200,
  });
const prefer = (userId: string, body: object) => tenant.key()("PUT", `/Users/${userId}/preferences`, body);
const hold = (held: HeldMail[]) => holdMails(db, tenant.tenantId, held, later);

async function heldFor(): Promise<string[]> {
  const where = { status: { in: ["held", "folded"] }, digestId: null, heldUntil: later };
  const rows = await db.forTenant(tenant.tenantId).delivery.findMany({ where, orderBy: { userId: "asc" } });
  return rows.map(({ userId }) => userId);
}

async function worked(stillHeld: string[]): Promise<void> {
  const worker = await startWorker(configFor(stack.database));
  await expect
    .poll(heldFor, { timeout: 20_000 })
    .toEqual(stillHeld)
    .finally(() => worker.close());
}

test.each([
  ["no quiet hours any more", { quietHours: { enabled: false } }, {}],
  ["other ones", { quietHours: { from: "01:00", to: "01:01" } }, {}],
  ["another time zone", {}, { timezone: "Asia/Tokyo" }],
])("a tenant that sets %s has what is held judged by that", async (_name, notifications, rest) => {
  await hold([{ userId: "ada" }, { userId: "ben" }, { userId: "ben" }]);
  await set(notifications, rest);
  await worked([]);
});

test("a tenant's other digest leaves everybody's at their time, its end those of people with one of their own", async () => {
  await prefer("ben", { digest: { every: "daily" } });
  await hold([
    { userId: "ada", status: "folded" },
    { userId: "ben", status: "folded" },
  ]);
  await set({ digest: { every: "daily" } });
  await set({ digest: { every: "hourly" } });
  await judgeAnew(db, tenant.tenantId, { now: new Date() });
  expect(await heldFor()).toEqual(["ada", "ben"]);
  await set({ digest: { every: "off" } });
  await worked(["ben"]);
});

test("a digest whose time comes in quiet hours that are new goes at their end, with all that is for it", async () => {
  const [quietHours, end] = [{ enabled: true, from: "22:00", to: "10:00" }, new Date("2099-01-01T10:00:00Z")];
  await prefer("ada", { quietHours, digest: { every: "daily", at: "08:00" }, timezone: "UTC" });
  await hold([1, 2].map(() => ({ userId: "ada", status: "folded" })));
  await runDigests(db, tenant.tenantId, { now: later });
  const rows = () => db.forTenant(tenant.tenantId).delivery.findMany({ orderBy: { kind: "asc" } });
  expect(await rows()).toMatchObject(
    Array(2).fill({ status: "folded", rule: "digest", digestId: null, heldUntil: end }),
  );
  await runDigests(db, tenant.tenantId, { now: end });
  expect(await rows()).toMatchObject([{ mail: { title: "Your digest: 2 notifications" } }, {}, {}]);
});

test.each(["held", "folded"] as const)(
  "who ends a pause while what is due is %s on for it gets that now",
  async (status) => {
    const categories = [{ type: "*", email: "on" }];
    await prefer("ada", { pause: "week", quietHours: { enabled: false }, categories });
    const due = new Date();
    await holdMails(db, tenant.tenantId, [{ userId: "ada", status }], due);
    let ended: Promise<unknown> | undefined;
    const step = async (name: string) => {
      if (name !== "digest written") return;
      ended = prefer("ada", { pause: "none" });
      await expect.poll(() => sessionsWaiting(db.pool), { timeout: 20_000 }).toBe(1);
    };
    await runDigests(db, tenant.tenantId, { now: due, step });
    await ended;
    await runDigests(db, tenant.tenantId, { now: new Date() });
    expect(await db.forTenant(tenant.tenantId).delivery.findMany()).toMatchObject([
      { status: "queued", rule: "released" },
    ]);
  },
);

test("a tenant that ends quiet hours while what is due is held on for them has that judged, too", async () => {
  await prefer("ada", { categories: [{ type: "*", email: "on" }] });
  const due = new Date();
  await holdMails(db, tenant.tenantId, [{ userId: "ada" }], due);
  let judging: Promise<void> | undefined;
  const step = async (name: string) => {
    if (name !== "digest written") return;
    await set({ quietHours: { enabled: false } });
    judging = judgeAnew(db, tenant.tenantId, { now: new Date() });
    await expect.poll(() => sessionsWaiting(db.pool), { timeout: 20_000 }).toBe(1);
  };
  await runDigests(db, tenant.tenantId, { now: due, step });
  await judging;
  await runDigests(db, tenant.tenantId, { now: new Date() });
  expect(await db.forTenant(tenant.tenantId).delivery.findMany()).toMatchObject([
    { status: "queued", rule: "released" },
  ]);
});

test("who gets another address while what is due is let go is come back for", async () => {
  const put = (email: string) => tenant.key()("PUT", "/Users/ben", { email });
  await put("ben@example.com");
  const due = new Date();
  const categories = [{ type: "*", email: "on" }];
  for (const userId of ["ada", "ben"]) await prefer(userId, { quietHours: { enabled: false }, categories });
  await holdMails(db, tenant.tenantId, [{ userId: "ada" }, { userId: "ben" }], due);
  let moved = 0;
  const step = async (name: string) => {
    if (name === "digest committed" && moved++ === 0) await put("new@example.com");
  };
  await runDigests(db, tenant.tenantId, { now: due, step });
  const mail = () => db.forTenant(tenant.tenantId).delivery.findFirst({ where: { userId: "ben" } });
  expect(await mail()).toMatchObject({ status: "held", address: "new@example.com" });
  const worker = await startWorker(configFor(stack.database));
  await expect
    .poll(async () => (await mail())?.status, { timeout: 20_000 })
    .not.toBe("held")
    .finally(() => worker.close());
});

test("digests that end and begin again while what is held is judged: the steps after that leave the others' at their time", async () => {
  await hold(["ada", "ben", "cleo"].map((userId) => ({ userId, status: "folded" })));
  await set({ digest: { every: "off" } });
  let steps = 0;
  const prisma = Object.create(db.prisma, {
    $transaction: {
      value: async (...asked: Parameters<typeof db.prisma.$transaction>) => {
        const answer = await db.prisma.$transaction(...asked);
        if (++steps === 1) await set({ digest: { every: "daily" } });
        return answer;
      },
    },
  });
  await judgeAnew({ ...db, prisma }, tenant.tenantId, { now: new Date(), limit: 1 });
  expect(await heldFor()).toEqual(["ben", "cleo"]);
});

test("however many there are: some readers a step, each once, and the digests that wait in line", async () => {
  const users = Array.from({ length: 7 }, (_, n) => `user-${n}`);
  await hold(users.flatMap((userId) => [{ userId }, { userId }, { userId, address: `other-${userId}@example.com` }]));
  const held = { tenantId: tenant.tenantId, status: "held" };
  const inLine = { status: "queued", kind: "digest", heldUntil: null, dueAt: later, updatedAt: new Date(0) };
  await db.forTenant(tenant.tenantId).delivery.updateMany({
    where: { ...held, userId: { in: users.slice(0, 3) }, address: { startsWith: "other-" } },
    data: inLine,
  });
  const steps: string[] = [];
  const now = new Date();
  let after: Reader | undefined = { userId: "", address: "" };
  while (after) {
    const range: Parameters<typeof judgeSomeAnew>[2] = { now, after, limit: 2, noDigest: false };
    after = await tenantTransaction(db.prisma, tenant.tenantId, (tx) => judgeSomeAnew(tx, tenant.tenantId, range));
    steps.push(after?.userId ?? "end");
  }
  expect(steps).toEqual(["user-1", "user-3", "user-4", "user-5", "user-6", "end"]);
  expect(await heldFor()).toEqual([]);
  const digests = await db.forTenant(tenant.tenantId).delivery.findMany({ where: { kind: "digest" } });
  expect(digests.map(({ dueAt }) => dueAt)).toEqual([now, now, now]);
});

describe("a change of one's address", () => {
  const now = new Date();
  const holding = (held: HeldMail[]) => holdMails(db, tenant.tenantId, held, new Date(now.getTime() - 1000));
  const run = () => runDigests(db, tenant.tenantId, { now });
  beforeEach(() => set({ channels: { email: true }, quietHours: { enabled: false } }));
  const put = (userId: string, email?: string) => tenant.key()("PUT", `/Users/${userId}`, { email });
  const wait = (userId: string, address: string) =>
    holding([
      ...(["held", "folded"] as const).map((status) => ({ userId, address, status, until: later })),
      { userId, address, status: "folded", until: later, named: true },
      { userId, address, status: "folded" },
      { userId, address, status: "folded" },
      { userId, address: "work@example.com", until: later },
    ]);
  const mailsOf = async (userId: string) => {
    const rows = await db.forTenant(tenant.tenantId).delivery.findMany({ where: { userId, digestId: null } });
    const digests = await db.forTenant(tenant.tenantId).delivery.findMany({ where: { userId, kind: "digest" } });
    return [...rows, ...digests].map(({ kind, status, address }) => `${kind} ${status} ${address}`).toSorted();
  };

  test("counts for what waits and for what is tried, not for what its sender has sent elsewhere", async () => {
    const userId = "ada";
    await put(userId, "old@example.com");
    await wait(userId, "old@example.com");
    await run();
    await put(userId, "new@example.com");
    expect(await mailsOf(userId)).toEqual([
      "digest queued new@example.com",
      "notification folded new@example.com",
      "notification folded old@example.com", // its sender named it
      "notification held new@example.com",
      "notification held work@example.com",
    ]);
  });

  test("that is given up for none stops it", async () => {
    const userId = "ada";
    await put(userId, "old@example.com");
    await wait(userId, "old@example.com");
    await run();
    await put(userId);
    expect(await mailsOf(userId)).toEqual([
      "digest no_address null",
      "notification folded old@example.com",
      "notification held work@example.com",
      "notification no_address null",
      "notification no_address null",
    ]);
  });

  test("leaves a mail that is being sent at its address once it is taken", async () => {
    const userId = "ada";
    await put(userId, "old@example.com");
    const [id] = await holding([{ userId, address: "old@example.com" }]);
    await run();
    const due = { dueAt: new Date(0) }; // before those of the other tests
    const { delivery } = db.forTenant(tenant.tenantId);
    await delivery.updateMany({ where: { notificationId: id ?? "" }, data: due });
    const first = await claimMail(db.pool, tenant.tenantId);
    await put(userId, "new@example.com");
    const words = "later";
    const end = { outcome: "temporary", status: "queued", words, ...due } as const;
    if (first) await finishMail(db.pool, tenant.tenantId, first, end);
    const second = await claimMail(db.pool, tenant.tenantId);
    expect([first, second].map((mail) => mail?.address)).toEqual(["old@example.com", "new@example.com"]);
    await put(userId, "last@example.com");
    if (second) await finishMail(db.pool, tenant.tenantId, second, { outcome: "sent", status: "sent" });
    expect(await mailsOf(userId)).toEqual(["notification sent new@example.com"]);
  });
});

test("a digest that is made just then is found by who deletes what is in it, and by who changes its person's address", async () => {
  const [from, to] = ["ada@old.example", "ada@new.example"];
  const call = tenant.key();
  expect((await call("PUT", "/Users/ada", { email: from })).status).toBe(200);
  const due = new Date("2026-07-02T05:00:00Z");
  const held = ["ada", "ada"].map((userId) => ({ userId, address: from }));
  const [deleted] = await holdMails(db, tenant.tenantId, held, due);
  let meanwhile: ReturnType<typeof call>[] = [];
  const step = async (name: string) => {
    if (name !== "digest settled") return;
    meanwhile = [call("DELETE", `/Notifications/${deleted}`), call("PUT", "/Users/ada", { email: to })];
    await expect.poll(() => sessionsWaiting(db.pool), { timeout: 20_000 }).toBe(2);
  };
  await set({ quietHours: { enabled: false } });
  await runDigests(db, tenant.tenantId, { now: due, step });
  expect((await Promise.all(meanwhile)).map(({ status }) => status)).toEqual([200, 200]);
  const where = { userId: "ada", kind: "digest" };
  expect(await db.forTenant(tenant.tenantId).delivery.findMany({ where })).toMatchObject([
    { address: to, mail: { items: [] } },
  ]);
});
