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
  const right = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => right() + 3_600_000);
  worker = await startWorker(configFor(stack.database), {
    look: 50,
    mail: { patience: { first: 50, longest: 200, attempts: 9, faults: 2, open: 100 } },
    webhooks: { delays: [50, 50], trouble: 4, pause: 100, disableAfter: 60_000 },
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await worker.close();
  await owner.end();
  await stack.close();
});

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
