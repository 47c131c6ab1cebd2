import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type MailServer, smtpError, startMailServer } from "../mail-server.ts";
import { notify } from "../notify.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../stack.ts";
import type { WorkerOrder } from "../worker-entry.ts";
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
  concurrency: 2,
  beat: 50,
  patience: 300,
  look: 100,
  mail: {
    patience: { first: 60, longest: 500, attempts: 1000, faults: 5, open: 150, again: 200 },
    // The server is in this process, which a busy machine lets wait for a second and more.
    waits: { connection: 5000, greeting: 5000, socket: 2000, text: 2000 },
  },
};

function start(dieAt?: WorkerOrder["dieAt"]): WorkerProcess {
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

/** While mail goes out they come again and again. */
const mailSteps = ["mail claimed", "mail accepted", "mail recorded"];
/** Between any two of these a worker dies once. */
const steps = [
  ...["claimed", "wrote effects", "enqueued jobs", "moved the cursor", "committed"].map((name) => `planner ${name}`),
  ...[...mailSteps, "mail pumped", "mail let go"],
];

test("3,000 notifications, 30 kills, one of them between any two steps, and a server in every mood", async () => {
  const total = 3000;
  const kills = 30;
  let killed = 0;
  const note = (signal: NodeJS.Signals | null) => {
    if (signal === "SIGKILL") killed++;
  };
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
      }, luck * 2);
      later.unref();
    },
  });
  const tenant = await stack.tenant("killed");
  const wanted = Array.from({ length: total }, (_, i) => `person-${i}@example.com`);
  const began = performance.now();
  await killBetweenSteps(tenant, portionsOf(wanted.slice(0, 50), steps.length), note);
  const [atSteps, stepped] = [server.mails.length, performance.now()];
  await killWhileSending(tenant, portionsOf(wanted.slice(50), kills - steps.length), note);
  const [left, last] = [await unsent(), performance.now()];
  await expect.poll(unsent, { timeout: 300_000, interval: 100 }).toBe(0);

  const ids = new Map<string, Set<string>>();
  for (const { to, messageId } of server.mails) ids.set(to, (ids.get(to) ?? new Set()).add(messageId));
  const duplicates = server.mails.length - total;
  console.log(
    `${total} notifications, ${killed} kills, the first ${steps.length} after ${atSteps} mails, the last with ${left} to go: ${ids.size} people got mail, ${duplicates} of them twice. Server:`,
    JSON.stringify(moods),
    `Seconds: ${[stepped - began, last - stepped, performance.now() - last].map((ms) => (ms / 1000).toFixed(1)).join(" + ")}`,
  );
  expect([...ids.keys()].toSorted()).toEqual(wanted.toSorted()); // none lost, none to a wrong address
  expect([...ids.values()].every((set) => set.size === 1)).toBe(true); // twice means the same Message-ID
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(total);
  expect(Object.entries(moods).filter(([, times]) => times === 0)).toEqual([]);
  expect(duplicates).toBeGreaterThan(0); // one died when its mail was taken
  expect(killed).toBeGreaterThanOrEqual(kills);
  expect(duplicates).toBeLessThanOrEqual(Math.min(killed, await cutShort()));
}, 600_000);

function moodOf(luck: number) {
  if (luck < 0.04) return "4xx";
  if (luck < 0.05) return "421";
  if (luck < 0.06) return "reset before its 250";
  if (luck < 0.061) return "hung";
  return luck > 0.99 ? "reset after its 250" : "ok";
}

function portionsOf(all: string[], count: number): string[][] {
  const size = Math.ceil(all.length / count);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}

const tell = (tenant: TestTenant, addresses: string[]) =>
  notify(
    stack.api.services.db,
    tenant.tenantId,
    addresses.map((email) => ({ userId: email, email })),
  );

/** Counts how a worker ended. */
type Note = (signal: NodeJS.Signals | null) => void;

/** One worker after the other, each alone, dies when it comes to its step. */
async function killBetweenSteps(tenant: TestTenant, portions: string[][], note: Note): Promise<void> {
  for (const [index, dieAt] of steps.entries()) {
    await tell(tenant, portions[index] ?? []);
    note(await start({ step: dieAt }).ended);
  }
}

/**
 * Writes notifications while one worker after the other dies in the middle of the mail, each some mails after it began with it. The next
 * one is up by then; the last one lives.
 */
async function killWhileSending(tenant: TestTenant, portions: string[][], note: Note): Promise<void> {
  const order = (turn: number): WorkerOrder["dieAt"] => {
    const step = mailSteps[turn % mailSteps.length];
    return step && turn < portions.length ? { step, time: 3 + turn } : undefined;
  };
  const running = [start(order(0)), start(order(1))];
  for (const [turn, portion] of portions.entries()) {
    await tell(tenant, portion);
    const ended = await Promise.race(running.map((worker) => worker.ended.then((signal) => ({ worker, signal }))));
    note(ended.signal);
    running.splice(running.indexOf(ended.worker), 1);
    if (turn + 2 <= portions.length) running.push(start(order(turn + 2)));
  }
}
