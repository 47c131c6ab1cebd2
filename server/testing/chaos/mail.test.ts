import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type MailServer, smtpError, startMailServer } from "../mail-server.ts";
import { notify } from "../notify.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../stack.ts";
import { openWorkers, type WorkerProcess } from "../worker-process.ts";

// Worker processes are killed, and the mail server misbehaves: none lost, one Message-ID a notification.

let stack: Stack;
let owner: pg.Client;
let workers: Awaited<ReturnType<typeof openWorkers>>;
let server: MailServer;

beforeAll(async () => {
  [stack, workers] = await Promise.all([startStack(), openWorkers()]);
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterEach(() => server.close());
afterAll(async () => {
  await workers.close();
  await owner.end();
  await stack.close();
});

const quick = {
  beat: 100,
  patience: 600,
  look: 100,
  mail: {
    patience: { first: 60, longest: 500, attempts: 1000, faults: 5, open: 150 },
    waits: { connection: 1000, greeting: 1000, socket: 1000 },
  },
};

function start(dieAt?: string): WorkerProcess {
  const { roles, ...config } = configFor(stack.database, { mail: { url: server.url, from: "Parley <p@example.org>" } });
  return workers.start({ config, options: quick, ...(dieAt ? { dieAt } : {}) });
}

async function unsent(): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(
    `select (select count(*) from notifications)::int
       - (select count(*) from deliveries where channel = 'email' and status = 'sent')::int as n`,
  );
  return rows[0]?.n ?? -1;
}

/** Tries that began and whose end nobody wrote down: a mail that was taken twice was in one of them. */
async function cutShort(): Promise<number> {
  const sql = "select count(*)::int as n from delivery_attempts where outcome is null";
  return (await owner.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
}

test("a worker that dies between any two of its steps loses nothing and doubles nothing but what it had handed over", async () => {
  server = await startMailServer();
  const tenant = await stack.tenant("steps");
  const steps = ["claimed", "wrote effects", "enqueued jobs", "moved the cursor", "committed"].map(
    (name) => `planner ${name}`,
  );
  steps.push(...["claimed", "accepted", "recorded", "pumped", "let go"].map((name) => `mail ${name}`));
  for (const dieAt of steps) {
    await notify(stack.api.services.db, tenant.tenantId, [
      { userId: dieAt, email: `${dieAt.replaceAll(" ", "-")}@example.com` },
    ]);
    await start(dieAt).ended;
  }
  const last = start();
  await expect.poll(unsent, { timeout: 30_000, interval: 50 }).toBe(0);
  await last.kill();
  const addresses = steps.map((name) => `${name.replaceAll(" ", "-")}@example.com`);
  expect(new Set(server.mails.map(({ to }) => to))).toEqual(new Set(addresses));
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(steps.length);
  const doubled = server.mails.length - steps.length;
  expect(doubled).toBeGreaterThan(0); // it died at "mail accepted"
  expect(doubled).toBeLessThanOrEqual(await cutShort());
}, 120_000);

test("3,000 notifications, 30 kills, and a server in every mood", async () => {
  const total = 3000;
  const kills = 30;
  const moods = { ok: 0, "4xx": 0, "421": 0, "reset before its 250": 0, "reset after its 250": 0, hung: 0 };
  let seed = 1;
  const chance = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  server = await startMailServer({
    data: (_mail, { take, answer, socket }) => {
      const luck = chance();
      const later = setTimeout(() => {
        const mood = moodOf(luck);
        moods[mood]++;
        if (mood === "4xx") answer(smtpError(451, "4.3.0 not now"));
        else if (mood === "421") answer(smtpError(421, "4.3.2 shutting down"));
        else if (mood === "reset before its 250") socket.resetAndDestroy();
        else if (mood !== "hung") {
          take();
          answer(null);
          // It has arrived when the next word comes.
          if (mood === "reset after its 250") socket.once("data", () => socket.resetAndDestroy());
        }
      }, 8);
      later.unref();
    },
  });
  const wanted = await killWhileSending(await stack.tenant("killed"), total, kills);
  const left = await unsent();
  await expect.poll(unsent, { timeout: 60_000, interval: 100 }).toBe(0);

  const ids = new Map<string, Set<string>>();
  for (const { to, messageId } of server.mails) ids.set(to, (ids.get(to) ?? new Set()).add(messageId));
  const duplicates = server.mails.length - total;
  console.log(
    `${total} notifications, ${kills} kills, the last with ${left} to go: ${ids.size} people got mail, ${duplicates} of them twice. Server:`,
    JSON.stringify(moods),
  );
  expect([...ids.keys()].toSorted()).toEqual(wanted.toSorted()); // none lost, none to a wrong address
  expect([...ids.values()].every((set) => set.size === 1)).toBe(true); // twice means the same Message-ID
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(total);
  expect(duplicates).toBeLessThanOrEqual(kills);
}, 180_000);

function moodOf(luck: number) {
  if (luck < 0.04) return "4xx";
  if (luck < 0.05) return "421";
  if (luck < 0.06) return "reset before its 250";
  if (luck < 0.063) return "hung";
  return luck > 0.99 ? "reset after its 250" : "ok";
}

/** Writes notifications while one worker after the other is killed; the last one lives. Returns all addresses. */
async function killWhileSending(tenant: TestTenant, total: number, kills: number): Promise<string[]> {
  const addresses = Array.from({ length: total }, (_, i) => `person-${i}@example.com`);
  const portion = Math.ceil(total / kills);
  let next = start();
  await next.ready;
  for (let killed = 0; killed < kills; killed++) {
    const current = next;
    next = start(); // is getting up while the other one works
    const some = addresses.slice(killed * portion, (killed + 1) * portion);
    await notify(
      stack.api.services.db,
      tenant.tenantId,
      some.map((email) => ({ userId: email, email })),
    );
    const goal = server.mails.length + 5;
    await Promise.all([
      next.ready,
      expect.poll(() => server.mails.length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(goal),
    ]);
    await current.kill();
  }
  return addresses;
}
