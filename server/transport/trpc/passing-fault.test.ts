import { afterAll, beforeAll, expect, test } from "vitest";
import { Owner } from "../../testing/chaos/owner.ts";
import { type CutProxy, openCutProxy } from "../../testing/cut-proxy.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { overWebSocket } from "../../testing/trpc-listener.ts";

let stack: Stack;
let tenant: TestTenant;
let wire: CutProxy;
let owner: Owner;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  wire = await openCutProxy(stack.url);
  owner = await Owner.open(stack.database.ownerUrl);
});
afterAll(async () => {
  await owner.close();
  await wire.close();
  await stack.close();
});

async function listener(userId: string) {
  const ada = tenant.as("ada");
  const { id } = (await ada<{ id: string }>("POST", "/Chat", { memberUserIds: [userId] })).body;
  const { nextCursor: since } = (await tenant.as(userId)<{ nextCursor: string }>("GET", "/events")).body;
  let connects = 0;
  const client = overWebSocket(wire.url, async () => {
    connects++;
    return { token: await tenant.token(userId) };
  });
  const say = (content: string) => ada("POST", `/Chat/${id}/messages`, { content });
  return { client, since, say, connects: () => connects };
}

/** Nobody's place in the log is found, as with a database that is in trouble. */
async function withFault(during: () => Promise<void>): Promise<void> {
  await owner.client.query("alter function reader_state_v1 rename to out_of_order");
  await during().finally(() => owner.client.query("alter function out_of_order rename to reader_state_v1"));
}

test.each([
  { when: "at the first subscription from now", user: "first", resumes: false },
  { when: "at the first subscription from a cursor", user: "second", resumes: true },
])("a fault that passes $when ends nothing: the connection is cut, and the next one goes on", async (at) => {
  const { client, since, say, connects } = await listener(at.user);
  let listening: ReturnType<typeof client.listen> | undefined;
  await withFault(async () => {
    listening = client.listen(at.resumes ? { since } : undefined);
    await expect.poll(connects).toBeGreaterThan(1);
  });
  await say("before any event");
  if (at.resumes) await listening?.until(1);
  await expect
    .poll(async () => (await say("heard")) && listening?.texts().includes("heard"), { timeout: 20_000 })
    .toBe(true);
  expect(listening?.error).toBeUndefined();
  client.close();
});

test("a fault that passes at a re-subscription ends nothing: it resumes where it was", async () => {
  const { client, since, say, connects } = await listener("third");
  const listening = client.listen({ since });
  await listening.started;
  await say("before");
  await listening.until(1);
  await withFault(async () => {
    wire.cut();
    wire.mend();
    await expect.poll(connects).toBeGreaterThan(2); // one that came back, and was cut
  });
  await say("meanwhile");
  await listening.until(2);
  expect(listening.texts()).toEqual(["before", "meanwhile"]);
  expect(listening.error).toBeUndefined();
  client.close();
});
