import { afterAll, beforeAll, expect, test } from "vitest";
import { Planner } from "../../log/planner.ts";
import { type MailServer, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { notify } from "../../testing/notify.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { consumers } from "../consumers.ts";
import { runTask } from "../tasks/run-task.ts";
import { catchMail, claimMail } from "./mail-store.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

async function erase({ tenantId, key }: TestTenant, userId: string): Promise<void> {
  const { db } = stack.api.services;
  const { body } = await key()<{ taskId: string }>("POST", `/admin/users/${userId}/erase`, { confirm: userId });
  const status = async () => (await db.forTenant(tenantId).task.findFirst({ where: { id: body.taskId } }))?.status;
  const job = { tenantId, taskId: body.taskId, last: false };
  while (["waiting", "running"].includes((await status()) ?? ""))
    await runTask({ db, stopping: new AbortController().signal }, job);
  expect(await status()).toBe("done");
}

async function tell({ tenantId, key }: TestTenant): Promise<void> {
  const { db } = stack.api.services;
  await key()("PUT", "/Users/ada", { email: "ada@example.com" });
  await notify(db, tenantId, [{ userId: "ada", email: "ada@example.com" }]);
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db, consumers, onError }).plan(tenantId);
}

test("an address that is refused after its person was erased is not kept", async () => {
  const tenant = await stack.tenant("refused");
  const rows = stack.api.services.db.forTenant(tenant.tenantId);
  let refuse: (() => void) | undefined;
  const onRcptTo = (_address: unknown, _session: unknown, answer: (error: Error) => void) => {
    refuse = () => answer(smtpError(550, "5.1.1 no such person"));
  };
  const server: MailServer = await startMailServer({}, { onRcptTo });
  const own = { host: "127.0.0.1", port: server.port, security: "none", fromAddress: "news@acme.example" };
  expect((await tenant.key()("PATCH", "/admin/mail/settings", own)).status).toBe(200);
  await tell(tenant);
  let recorded = false;
  const step = (name: string) => {
    if (name === "mail recorded") recorded = true;
  };
  const worker = await startMailWorker(configFor(stack.database), { look: 100, step });
  await expect.poll(() => refuse, { timeout: 20_000 }).toBeDefined();
  await erase(tenant, "ada");
  refuse?.();
  await expect.poll(() => recorded, { timeout: 20_000 }).toBe(true);
  await worker.close();
  await server.close();
  expect(await rows.suppression.findMany()).toEqual([]);
});

test("a mail whose person was erased before it is caught is not kept", async () => {
  const tenant = await stack.tenant("caught");
  const { db } = stack.api.services;
  await tell(tenant);
  const mail = await claimMail(db.pool, tenant.tenantId);
  if (!mail) throw new Error("there is no mail");
  await erase(tenant, "ada");
  await catchMail(db, tenant.tenantId, mail, Buffer.from("To: ada@example.com"));
  expect(await db.forTenant(tenant.tenantId).caughtMail.count()).toBe(0);
});
