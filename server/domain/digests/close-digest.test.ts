import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { type HeldMail, holdMails } from "../../testing/held-mails.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runDigests } from "./run-digests.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: Client;
let db: Database;
const now = new Date("2026-07-02T05:00:00Z");
const due = new Date(now.getTime() - 1000);

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { channels: { email: true } } } });
  db = openDatabase({ url: stack.database.runtimeUrl, name: "digests", connections: 8 });
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await stack.close();
});

const hold = (held: HeldMail[]) => holdMails(db, tenant.tenantId, held, due);

interface Row {
  id: string;
  kind: string;
  status: string;
  rule: string;
  notificationId: string | null;
  digestId: string | null;
  heldUntil: Date | null;
  mail: { title: string; items: { subject: string }[]; more?: number } | null;
}

async function rowsOf(userId: string) {
  const rows = (await db
    .forTenant(tenant.tenantId)
    .delivery.findMany({ where: { userId }, orderBy: { createdAt: "asc" } })) as unknown as Row[];
  return {
    items: rows.filter(({ kind }) => kind === "notification"),
    digests: rows.filter(({ kind }) => kind === "digest"),
  };
}

const run = (at = now) => runDigests(db, tenant.tenantId, { now: at });
const jobs = async () =>
  (
    await owner.query<{ task_identifier: string; run_at: Date }>(
      "select task_identifier, run_at from graphile_worker.jobs",
    )
  ).rows;
let people = 0;
const somebody = (name = "person") => `${name}-${++people}`;

describe("what quiet hours held", () => {
  test("goes out by itself when it is one, as one mail when it is several", async () => {
    const [one, many] = [somebody(), somebody()];
    await hold([{ userId: one }, { userId: many }, { userId: many }, { userId: many }]);
    await run();
    expect(await rowsOf(one)).toMatchObject({
      items: [{ status: "queued", rule: "released", digestId: null }],
      digests: [],
    });
    const { items, digests } = await rowsOf(many);
    expect(digests).toMatchObject([
      { status: "queued", rule: "summary", mail: { title: "3 notifications while it was quiet" } },
    ]);
    expect(items.map(({ status, digestId, heldUntil }) => ({ status, digestId, heldUntil }))).toEqual(
      Array(3).fill({ status: "folded", digestId: digests[0]?.digestId, heldUntil: null }),
    );
    expect((await jobs()).map((job) => job.task_identifier)).toContain("mail");
    await run();
    expect((await rowsOf(many)).digests).toHaveLength(1);
  });

  test("and whose time has not come waits", async () => {
    const userId = somebody();
    await hold([{ userId, until: new Date(now.getTime() + 1) }, { userId }]);
    await run();
    expect((await rowsOf(userId)).items.map(({ status }) => status).toSorted()).toEqual(["held", "queued"]);
  });

  test("does not go when it was read, deleted or expired meanwhile, or is no longer wanted", async () => {
    const userId = somebody();
    const readAt = new Date("2026-07-02T01:00:00Z");
    await hold([
      { userId, readAt },
      { userId, gone: true },
      { userId, expiresAt: readAt },
      { userId, type: "Ads" },
      { userId, readAt: new Date("2026-07-01T22:00:00Z") }, // filed: read from the start
    ]);
    await tenant.key()("PUT", `/Users/${userId}/preferences`, {
      categories: [
        { type: "Ads", email: "off" },
        { type: "News", email: "on" },
      ],
    });
    await run();
    expect((await rowsOf(userId)).items.map(({ status }) => status).toSorted()).toEqual(
      ["cancelled", "expired", "preference", "queued", "read_first"].toSorted(),
    );
  });

  test("is held on when the person is in a pause by then, and a job comes back", async () => {
    const userId = somebody();
    await hold([{ userId }]);
    await tenant.key()("PUT", `/Users/${userId}/preferences`, {
      pause: "week",
      categories: [{ type: "*", email: "on" }],
    });
    await run();
    const [item] = (await rowsOf(userId)).items;
    expect(item).toMatchObject({ status: "held", rule: "paused" });
    expect((await jobs()).map((job) => job.run_at)).toContainEqual(item?.heldUntil);
    await run(item?.heldUntil ?? now);
    expect((await rowsOf(userId)).items).toMatchObject([{ status: "queued" }]);
  });

  test("goes to each address that it was for", async () => {
    const userId = somebody();
    await hold(
      ["a@example.com", "b@example.com", "a@example.com", "b@example.com"].map((address) => ({ userId, address })),
    );
    await run();
    expect((await rowsOf(userId)).digests).toHaveLength(2);
  });
});

describe("a digest", () => {
  test("is of the epoch its notifications were planned in: what is from before a restore waits, and nothing new with it", async () => {
    const userId = somebody();
    await hold([1, 2, 2, 1, 3].map((epoch) => ({ userId, epoch })));
    await run();
    const rows = await db.forTenant(tenant.tenantId).delivery.findMany({ where: { userId } });
    const mails = rows.filter(({ status }) => status === "queued");
    expect(mails.map(({ kind, epoch }) => `${kind} ${epoch}`).toSorted()).toEqual([
      "digest 1",
      "digest 2",
      "notification 3",
    ]);
    for (const { digestId, epoch } of mails.filter(({ kind }) => kind === "digest"))
      expect(rows.filter((row) => row.digestId === digestId).map((row) => row.epoch)).toEqual([epoch, epoch, epoch]);
  });

  test("is one even of one, shows fifty, and says how many more there are", async () => {
    const [one, many] = [somebody(), somebody()];
    const rhythm = { digest: { every: "daily" } };
    for (const userId of [one, many]) await tenant.key()("PUT", `/Users/${userId}/preferences`, rhythm);
    await hold([
      { userId: one, status: "folded" },
      ...Array.from({ length: 60 }, () => ({ userId: many, status: "folded" as const })),
    ]);
    await run();
    expect((await rowsOf(one)).digests).toMatchObject([
      { rule: "digest", mail: { title: "Your digest: 1 notification" } },
    ]);
    const [{ mail }] = (await rowsOf(many)).digests as [Row];
    expect(mail?.items).toHaveLength(50);
    expect(mail).toMatchObject({ title: "Your digest: 60 notifications", more: 10 });
    expect((await rowsOf(many)).items.every(({ status }) => status === "folded")).toBe(true);
  });
});

test("of more than one digest holds the rest goes in the next, at once and by itself", async () => {
  const userId = somebody();
  await hold(Array.from({ length: 5 }, () => ({ userId, status: "folded" as const })));
  const sizes = async () => (await rowsOf(userId)).digests.map(({ mail }) => mail?.items.length);
  const dueNow = async () =>
    (await jobs()).some((job) => job.task_identifier === "digests" && job.run_at.getTime() === now.getTime());
  for (const wanted of [[2], [2, 2], [2, 2]]) {
    await owner.query("delete from graphile_worker._private_jobs");
    const before = await sizes();
    await runDigests(db, tenant.tenantId, { now, most: 2 });
    expect(await sizes()).toEqual(wanted);
    expect(await dueNow()).toBe(before.length < wanted.length); // the last one is alone and goes by itself
  }
  const { items } = await rowsOf(userId);
  expect(items.map(({ status }) => status).toSorted()).toEqual(["folded", "folded", "folded", "folded", "queued"]);
});

describe("a change of mind", () => {
  const prefer = (userId: string, body: object) => tenant.key()("PUT", `/Users/${userId}/preferences`, body);
  const later = new Date("2099-01-01T00:00:00Z");

  test.each([
    ["ends a pause", "held", { pause: "none" }],
    ["ends quiet hours", "held", { quietHours: { enabled: false } }],
    ["ends digests", "folded", { digest: { every: "off" } }],
  ] as const)("that %s lets go what waits, now", async (_name, status, change) => {
    const userId = somebody();
    await hold([{ userId, status, until: later }]);
    await prefer(userId, change);
    expect((await jobs()).map((job) => job.task_identifier)).toContain("digests");
    await run(new Date());
    expect((await rowsOf(userId)).items).toMatchObject([{ status: "queued" }]);
  });

  test.each([
    ["a shorter pause", { pause: "hour" }, 1],
    ["other quiet hours", { quietHours: { enabled: true, from: "10:00", to: "14:00" } }, 7 * 24 + 4],
    ["another clock", { timezone: "Asia/Tokyo" }, 7 * 24],
  ] as const)("to %s holds what waits no longer than that says", async (_name, change, hours) => {
    const userId = somebody();
    await prefer(userId, { pause: "week" });
    await hold([{ userId, until: later }]);
    await prefer(userId, change);
    const asked = new Date();
    await run(asked);
    const until = (await rowsOf(userId)).items[0]?.heldUntil?.getTime() ?? 0;
    expect((until - asked.getTime()) / 3_600_000).toBeLessThanOrEqual(hours);
    expect(until).toBeGreaterThan(asked.getTime());
  });

  test("of a profile's zone counts as that of the preferences' own", async () => {
    const userId = somebody();
    await prefer(userId, { pause: "week" });
    await hold([{ userId, until: later }]);
    expect((await tenant.key()("PUT", `/Users/${userId}`, { timezone: "Asia/Tokyo" })).status).toBe(200);
    await run(new Date());
    expect((await rowsOf(userId)).items[0]?.heldUntil?.getTime()).toBeLessThan(later.getTime());
  });

  test("to digests keeps what was held for the next one", async () => {
    const userId = somebody();
    await prefer(userId, { digest: { every: "daily", at: "09:00" }, timezone: "Europe/Zurich" });
    await hold([{ userId, status: "held" }]);
    await run();
    const [item] = (await rowsOf(userId)).items;
    expect(item).toMatchObject({ status: "folded", digestId: null, heldUntil: new Date("2026-07-02T07:00:00Z") });
    await run(new Date("2026-07-02T07:00:00Z"));
    expect((await rowsOf(userId)).digests).toMatchObject([{ rule: "digest" }]);
  });

  test.each([
    ["to another hour", { digest: { every: "daily", at: "11:00" } }],
    ["about pause and quiet hours", { digest: { every: "daily" }, quietHours: { enabled: false }, pause: "none" }],
  ] as const)("%s leaves a digest at its time", async (_name, change) => {
    const userId = somebody();
    await hold([{ userId, status: "folded", until: later }]);
    await prefer(userId, change);
    await run(new Date());
    expect(await rowsOf(userId)).toMatchObject({ items: [{ status: "folded", heldUntil: later }], digests: [] });
  });
});

test("each item is in exactly one digest however often and concurrently the step runs and dies", async () => {
  const deaths = { thrown: 0, killed: 0, after: 0 };
  const plan = fc.record({
    readers: fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 2, maxLength: 4 }),
    // For each of the steps that run at once: at which of its moments it dies, and how.
    fates: fc.array(fc.record({ at: fc.integer({ min: 0, max: 30 }), how: fc.constantFrom("throw", "kill", "live") }), {
      minLength: 3,
      maxLength: 6,
    }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ readers, fates }) => {
      const users = readers.map(() => somebody("crash"));
      await hold(users.flatMap((userId, n) => Array.from({ length: readers[n] ?? 0 }, () => ({ userId }))));
      await Promise.all(
        fates.map(async ({ at, how }) => {
          let moments = 0;
          const step = async (name: string) => {
            if (moments++ !== at || how === "live") return;
            deaths[name === "digest committed" ? "after" : how === "kill" ? "killed" : "thrown"]++;
            if (how === "throw") throw new Error("the worker died");
            // The connection of whoever is in the middle of it, this step's or another's.
            await owner.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
               and application_name = 'digests' and state = 'idle in transaction' limit 1`,
            );
          };
          await runDigests(db, tenant.tenantId, { now, step }).catch(() => undefined);
        }),
      );
      // The pool may hand out a connection whose end it has not heard of yet, as it may to a job, which is then tried again.
      await run().catch(() => run());
      for (const [n, userId] of users.entries()) {
        const { items, digests } = await rowsOf(userId);
        expect(digests.map(({ mail }) => mail?.items.length)).toEqual([readers[n]]);
        expect(new Set(items.map(({ status, digestId }) => `${status} ${digestId}`))).toEqual(
          new Set([`folded ${digests[0]?.digestId}`]),
        );
        expect(items).toHaveLength(readers[n] ?? 0);
      }
    }),
    { numRuns: 15, seed: 20_261_126 },
  );
  console.info(`digests: ${JSON.stringify(deaths)}`);
  expect(Math.min(...Object.values(deaths))).toBeGreaterThan(0);
}, 150_000);
