import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Planner } from "../../log/planner.ts";
import { createPool } from "../../persistence/pool.ts";
import { type MailServer, type Moods, smtpError, startMailServer, type TakenMail } from "../../testing/mail-server.ts";
import { notify } from "../../testing/notify.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { consumers } from "../consumers.ts";
import { MailHolds } from "./hold-store.ts";
import { pumpMail } from "./pump.ts";
import { OpenLines } from "./smtp.ts";
import { Turnstile } from "./turnstile.ts";

// Two workers' pumps in one process, each with a hold of its own; what either is at must never become the other's.

let stack: Stack;
let owner: pg.Client;
let made = 0;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  for (const close of closing) await close();
  await owner.end();
  await stack.close();
});

const until = { timeout: 20_000, interval: 20 };

/** What one worker brings to a tenant's mail. Its hold's connection is known by the name. */
function worker(name: string, step?: (at: string) => void) {
  const pool = createPool({ url: stack.config.database.runtimeUrl, max: 1, name, log: pino({ level: "silent" }) });
  closing.push(() => pool.end());
  const context = {
    ...{
      config: stack.config,
      db: stack.api.services.db,
      holds: new MailHolds(pool),
      lines: new OpenLines(),
      hanging: new Map<Promise<void>, string>(),
    },
    ...{
      log: pino({ level: "silent" }),
      stopping: new AbortController().signal,
      patience: { slot: 60_000, halt: 0 },
      step,
    },
  };
  return (tenant: TestTenant) => pumpMail(context, tenant.tenantId);
}

/** A tenant with four mails to be sent, one for each of a pump's lines. */
async function waiting(moods: Moods): Promise<{ tenant: TestTenant; server: MailServer }> {
  const [tenant, server] = [await stack.tenant(`held-${made++}`), await startMailServer(moods)];
  closing.push(() => server.close());
  const { tenantId } = tenant;
  await owner.query(
    "insert into mail_settings (tenant_id, host, port, security, from_address) values ($1, '127.0.0.1', $2, 'none', 'a@b.example')",
    [tenantId, server.port],
  );
  const { db } = stack.api.services;
  const people = ["a", "b", "c", "d"].map((userId) => ({ userId, email: `${userId}@example.com` }));
  await notify(db, tenantId, people);
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db, consumers, onError }).plan(tenantId);
  return { tenant, server };
}

/** Takes every mail at once but the n-th, which hears its 250 when `answer` is called. */
function holding(nth: number) {
  let [seen, answer] = [0, undefined as (() => void) | undefined];
  const data: Moods["data"] = (_mail: TakenMail, how) => {
    how.take();
    if (++seen === nth) answer = () => how.answer(null);
    else how.answer(null);
  };
  return { data, isHeld: () => answer !== undefined, answer: () => answer?.() };
}

const sent = async ({ tenantId }: TestTenant) => {
  const sql = "select from deliveries where tenant_id = $1 and channel = 'email' and status = 'sent'";
  return (await owner.query(sql, [tenantId])).rowCount;
};
const ids = ({ mails }: MailServer) => mails.map(({ messageId }) => messageId);

test("a line that fails leaves its tenant's mail in hand until the others are done: none of theirs is sent twice", async () => {
  const mood = holding(2);
  const { tenant, server } = await waiting({ data: mood.data });
  let failed = false;
  const first = worker("failing", (at) => {
    if (at !== "mail recorded" || failed) return;
    failed = true;
    throw new Error("this line ends here");
  })(tenant).catch((error: Error) => error.message);
  await expect.poll(mood.isHeld, until).toBe(true);
  const second = worker("next");
  await second(tenant);
  mood.answer();
  expect(await first).toBe("this line ends here");
  await second(tenant);
  expect(await sent(tenant)).toBe(4);
  expect(ids(server)).toHaveLength(4);
});

test("a pump whose hold is lost begins no other text, and leaves the rest to who has it now", async () => {
  const mood = holding(1);
  const { tenant, server } = await waiting({ data: mood.data });
  let claimed = 0;
  const first = worker("losing", (at) => {
    if (at === "mail claimed") claimed++;
  })(tenant).catch((error: Error) => error.message);
  await expect.poll(() => mood.isHeld() && claimed, until).toBe(4);
  await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'losing'");
  const second = worker("taking");
  await expect.poll(() => second(tenant).then(() => sent(tenant)), until).toBe(4);
  mood.answer();
  expect(await first).toBe("the hold of a tenant's mail was lost");
  expect(await sent(tenant)).toBe(4);
  // The one that was between its last byte and our note is in doubt, and no other.
  expect(ids(server).toSorted()).toEqual([...new Set(ids(server)), ids(server)[0]].toSorted());
});

test("of a tenant that is suspended while its server is slow no other text is begun; what waits goes out when it is let on", async () => {
  const mood = holding(1);
  const { tenant, server } = await waiting({ data: mood.data });
  let claimed = 0;
  const pump = worker("halting", (at) => {
    if (at === "mail claimed") claimed++;
  });
  const first = pump(tenant);
  await expect.poll(() => mood.isHeld() && claimed, until).toBe(4);
  await owner.query("update tenants set suspended_at = now() where id = $1", [tenant.tenantId]);
  mood.answer();
  await first;
  expect([await sent(tenant), server.mails.length]).toEqual([1, 1]);
  const { rows } = await owner.query(
    `select d.status, d.attempts, d.detail, a.outcome from deliveries d join delivery_attempts a on a.tenant_id = d.tenant_id and a.delivery_id = d.id
     where d.tenant_id = $1 and d.status <> 'sent'`,
    [tenant.tenantId],
  );
  const waits = { status: "queued", attempts: 0, detail: "The tenant is suspended", outcome: "stopped" };
  expect(rows).toEqual([waits, waits, waits]);
  const { rows: health } = await owner.query("select failures from mail_health where tenant_id = $1", [
    tenant.tenantId,
  ]);
  expect(health).toEqual([]);
  await owner.query("update tenants set suspended_at = null where id = $1", [tenant.tenantId]);
  await owner.query("update deliveries set due_at = now() where tenant_id = $1 and status = 'queued'", [
    tenant.tenantId,
  ]);
  await pump(tenant);
  expect([await sent(tenant), server.mails.length]).toEqual([4, 4]);
});

test("a pump that cannot load what writes mail leaves its mail waiting, and the next that can sends it", async () => {
  const { tenant, server } = await waiting({});
  const pump = worker("loading");
  vi.doMock("./compose.tsx", () => {
    throw new Error("no such file");
  });
  // More often than a mail is tried by workers that die.
  for (let time = 0; time < 40; time++) expect(await pump(tenant).catch(() => "tried again")).toBe("tried again");
  vi.doUnmock("./compose.tsx");
  await pump(tenant);
  expect(await sent(tenant)).toBe(4);
  expect(ids(server)).toHaveLength(4);
});

test("a mail that was taken is written down before anything else, though the server's health cannot be", async () => {
  let down = true;
  const { tenant, server } = await waiting({
    connect: (answer) => answer(down ? smtpError(421, "4.3.2 shutting down") : undefined),
  });
  const pump = worker("healing");
  await pump(tenant);
  down = false;
  await owner.query("update deliveries set due_at = now() where tenant_id = $1", [tenant.tenantId]);
  await owner.query("update mail_health set open_until = null, failures = 1 where tenant_id = $1", [tenant.tenantId]);
  await owner.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger refuse before insert or update on mail_health for each row execute function refuse()`);
  await expect(pump(tenant)).rejects.toThrow();
  await owner.query("drop trigger refuse on mail_health; drop function refuse()");
  await pump(tenant);
  expect(await sent(tenant)).toBe(4);
  expect(ids(server)).toHaveLength(4);
});

test.each([
  ["NUL", "queued as NUL7"],
  ["a character that is cut where they are cut", "\u{1f600}".repeat(600)],
  ["the same, further on", `.${"\u{1f600}".repeat(600)}`],
])("a mail is sent once, with %s in the words of the server that takes it", async (_name, words) => {
  const { tenant, server } = await waiting({
    data: (_mail, { take, answer, socket }) => {
      take();
      const write = socket.write.bind(socket);
      socket.write = (text: string | Uint8Array) => write(text.toString().replace("NUL", "\0"));
      answer(null, words);
    },
  });
  const pump = worker("reading");
  await pump(tenant);
  await pump(tenant);
  expect(await sent(tenant)).toBe(4);
  expect(ids(server)).toHaveLength(4);
});

test("whoever leaves the line before its turn lets nobody through beside the one whose turn it is", async () => {
  const texts = new Turnstile();
  const [first, second, third] = [texts.turn(), texts.turn(), texts.turn()];
  expect(await first.begin()).toBe(true);
  const left = second.begin();
  let through = false;
  const begun = third.begin().then((began) => {
    through = began;
  });
  second.end();
  await new Promise(setImmediate);
  expect(through).toBe(false);
  first.end();
  expect(await left).toBe(false);
  await begun;
  expect(through).toBe(true);
});
