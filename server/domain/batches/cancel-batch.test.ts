import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comeBatch } from "../../testing/come-batch.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runBatch } from "./run-batch.ts";
import type { Batch } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let key: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
  await key("PUT", "/Users/tom", { timezone: "Pacific/Kiritimati" });
});
afterAll(() => stack.close());

const send = async (body: object) =>
  (await key<Batch>("POST", "/Notifications/bulk", { type: "Delay", subject: "Late", message: "Ten", ...body })).body;
const read = async (id: string) => (await key<Batch>("GET", `/Notifications/batches/${id}`)).body;
const cancel = (id: string) => key<Batch>("DELETE", `/Notifications/batches/${id}`);
/** A send for nine o'clock where each one is, done as it is when it is nine at an offset from UTC. */
async function sendAtNine(userIds: string[], offset: string): Promise<Batch> {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const { id } = await send({ userIds, scheduledForLocal: `${day}T09:00` });
  await comeBatch(stack.api.services.db, tenant.tenantId, id, Date.parse(`${day}T09:00:00${offset}`));
  return read(id);
}

test("what is done, and comes to some only by their own clock, is cancelled for those; who has it keeps it", async () => {
  const sent = await sendAtNine(["tom", "ned", "nat"], "+14:00");
  expect(sent).toMatchObject({ status: "done", done: 3, total: 3 });
  const cancelled = { ...sent, status: "cancelled", done: 1, finishedAt: expect.any(String) };
  for (let time = 0; time < 2; time++) expect(await cancel(sent.id)).toMatchObject({ status: 200, body: cancelled });
  const left = await key<{ data: object[] }>("GET", `/admin/notifications?batchId=${sent.id}&status=visible`);
  expect(left.body.data).toMatchObject([{ userId: "tom" }]);
});

test("what has come to all of them is not cancelled any more", async () => {
  const { id } = await sendAtNine(["ned"], "Z");
  expect(await cancel(id)).toMatchObject({ status: 409, body: { detail: "It has reached everybody already" } });
  expect(await read(id)).toMatchObject({ status: "done", done: 1 });
});

test("of one that failed it is said that it goes to nobody else", async () => {
  const { id } = await send({ userIds: ["kim"], scheduledFor: new Date(Date.now() + 60_000).toISOString() });
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query("update notification_batches set content = content - 'subject' where id = $1", [id]);
  await owner.end();
  const { db } = stack.api.services;
  for (let attempt = 1; attempt <= 10; attempt++)
    await expect(runBatch(db, tenant.tenantId, id, Date.now() + attempt * 3_600_000)).rejects.toThrow();
  expect(await cancel(id)).toMatchObject({ status: 409, body: { detail: "It failed: nobody else will get it" } });
});
