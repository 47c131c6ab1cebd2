import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { smtpError, startMailServer } from "../testing/mail-server.ts";
import { notify } from "../testing/notify.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { openReceiver } from "../testing/webhook-receiver.ts";
import { startWorker } from "./worker.ts";

// On a machine whose clock is an hour ahead of Postgres', by which what is put off becomes due.

let stack: Stack;
let owner: pg.Client;
let tenant: TestTenant;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  tenant = await stack.tenant("acme");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  worker = await startWorker(configFor(stack.database), {
    look: 50,
    mail: { patience: { first: 50, longest: 200, attempts: 9, faults: 2, open: 100 } },
    webhooks: { delays: [50, 50], trouble: 4, pause: 100, disableAfter: 60_000 },
  });
});
afterAll(async () => {
  vi.useRealTimers();
  await worker.close();
  await owner.end();
  await stack.close();
});

/** What a statement says of one tenant's, in whole minutes. */
async function minutes(sql: string): Promise<number | undefined> {
  const [row] = (await owner.query<{ seconds: number }>(sql, [tenant.tenantId])).rows;
  return row && Math.round(row.seconds / 60);
}

test("mail that was not taken is sent again as soon as by any other, and a breaker closes", async () => {
  let turns = 0;
  const busy = smtpError(421, "4.3.2 shutting down");
  const server = await startMailServer({ connect: (answer) => answer(++turns > 3 ? undefined : busy) });
  await owner.query(
    `insert into mail_settings (tenant_id, host, port, security, from_address) values ($1, '127.0.0.1', $2, 'none', 'news@acme.example')`,
    [tenant.tenantId, server.port],
  );
  await notify(stack.api.services.db, tenant.tenantId, [{ userId: "ada", email: "ada@example.com" }]);
  await expect.poll(() => server.mails.length).toBe(1);
  const age =
    "select extract(epoch from now() - last_error_at)::float8 as seconds from mail_health where tenant_id = $1";
  expect(await minutes(age)).toBeCloseTo(0);
  await server.close();
});

test("a webhook that failed is sent again as soon as by any other", async () => {
  const sink = await openReceiver();
  sink.answer("/flaky", () => ({ status: sink.received.length > 1 ? 200 : 500 }));
  await tenant.key()("POST", "/admin/webhooks", { url: `${sink.url}/flaky` });
  await tenant.as("ada")("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  await expect.poll(() => sink.of("/flaky").length).toBeGreaterThan(1);
  await sink.close();
});

test("a webhook's receiver that names a time is asked again at that time", async () => {
  const sink = await openReceiver();
  const { rows } = await owner.query<{ at: Date }>("select now() + interval '90 minutes' as at");
  const at = rows[0]?.at.toUTCString() ?? "";
  sink.answer("/later", () => ({ status: 503, headers: { "retry-after": at } }));
  await tenant.key()("POST", "/admin/webhooks", { url: `${sink.url}/later` });
  await tenant.as("ada")("POST", "/Chat", { name: "Later", memberUserIds: ["ben"] });
  const wait = `select extract(epoch from d.due_at - a.started_at)::float8 as seconds from webhook_attempts a
    join webhook_deliveries d on d.tenant_id = a.tenant_id and d.id = a.delivery_id where a.tenant_id = $1 and a.status = 503`;
  await expect.poll(() => minutes(wait)).toBeDefined();
  expect(await minutes(wait)).toBe(90);
  await sink.close();
});
