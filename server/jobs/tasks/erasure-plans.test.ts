import { afterAll, beforeAll, expect, test } from "vitest";
import { planDeliveries } from "../../domain/deliveries/plan-deliveries.ts";
import { Planner, type Step } from "../../log/planner.ts";
import { notify } from "../../testing/notify.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runTask } from "./run-task.ts";

// An erasure, and the plan of what its person was told.

let stack: Stack;
let faults: unknown[];

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const plan = async ({ tenantId }: TestTenant, step: Step = () => {}) => {
  faults = [];
  const { db } = stack.api.services;
  const onError = (error: unknown) => faults.push(error);
  await new Planner({ db, consumers: [planDeliveries], onError, step }).plan(tenantId);
  expect(faults).toEqual([]);
};

async function erase({ tenantId, key }: TestTenant, userId: string): Promise<void> {
  const { db } = stack.api.services;
  const { body } = await key()<{ taskId: string }>("POST", `/admin/users/${userId}/erase`, { confirm: userId });
  const job = { tenantId, taskId: body.taskId, last: false };
  const task = () => db.forTenant(tenantId).task.findFirst({ where: { id: job.taskId } });
  while ((await task())?.status !== "done") await runTask({ db, stopping: new AbortController().signal }, job);
}

const decidedFor = async ({ tenantId }: TestTenant) => {
  const rows = await stack.api.services.db.forTenant(tenantId).delivery.findMany({ distinct: ["userId"] });
  return rows.map(({ userId }) => userId).toSorted();
};

const tellBoth = ({ tenantId }: TestTenant) =>
  notify(
    stack.api.services.db,
    tenantId,
    ["ada", "ben"].map((userId) => ({ userId, email: `${userId}@example.com` })),
  );

test("what is being decided while somebody is erased goes with them", async () => {
  const tenant = await stack.tenant("in-flight");
  await tellBoth(tenant);
  let erasing: Promise<void> | undefined;
  await plan(tenant, async (name) => {
    if (name !== "planner wrote effects") return;
    erasing = erase(tenant, "ada");
    await expect.poll(() => sessionsWaiting(stack.api.services.db.pool), { timeout: 20_000 }).toBe(1);
  });
  await erasing;
  expect(await decidedFor(tenant)).toEqual(["ben"]);
});

test("what is decided after somebody was erased names them no more, unless they are told again", async () => {
  const tenant = await stack.tenant("behind");
  await tellBoth(tenant);
  await erase(tenant, "ada");
  await plan(tenant);
  expect(await decidedFor(tenant)).toEqual(["ben"]);
  await tellBoth(tenant);
  await plan(tenant);
  expect(await decidedFor(tenant)).toEqual(["ada", "ben"]);
});

test("an address that somebody else has too is not written to again because one of them is erased", async () => {
  const tenant = await stack.tenant("shared-address");
  const key = tenant.key();
  const suppressed = async (address: string) =>
    (await key<{ data: { address: string }[] }>("GET", "/admin/suppressions")).body.data.some(
      (one) => one.address === address,
    );
  for (const [id, email] of Object.entries({ ada: "Office@x.example", ben: "office@X.example", eve: "eve@x.example" }))
    await key("PUT", `/Users/${id}`, { displayName: id, email });
  for (const address of ["office@x.example", "eve@x.example"]) await key("POST", "/admin/suppressions", { address });
  const tell = (userId: string, email: string) => notify(stack.api.services.db, tenant.tenantId, [{ userId, email }]);
  await tell("ada", "office@x.example");
  await tell("eve", "office@x.example");
  await plan(tenant);
  await erase(tenant, "ada");
  await erase(tenant, "eve");
  expect([await suppressed("office@x.example"), await suppressed("eve@x.example")]).toEqual([true, false]);
  await erase(tenant, "ben");
  expect(await suppressed("office@x.example")).toBe(false);
});
