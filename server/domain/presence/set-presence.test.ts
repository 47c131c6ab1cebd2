import { afterAll, beforeAll, expect, test } from "vitest";
import { ResumingPage } from "../../testing/guide/resuming-page.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
let ben: Caller;
let page: ResumingPage;
let watcher: ResumingPage;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ben = tenant.as("ben");
  await ben("POST", "/Chat", { memberUserIds: ["ada"] });
  const open = (userId: string, query: Record<string, string>) =>
    new ResumingPage({ hubUrl: `${tenant.url}/hub`, getAccessToken: () => tenant.token(userId), query }).open();
  [page, watcher] = await Promise.all([open("ben", {}), open("ada", { events: "Presence" })]);
});
afterAll(async () => {
  await Promise.all([page.close(), watcher.close()]);
  await stack.close();
});

const set = (body: unknown, caller = ben) => caller("PUT", "/presence", body);
const state = async () =>
  (await tenant.as("ada")<{ data: { state: string }[] }>("GET", "/presence?userIds=ben")).body.data[0]?.state;

test("succeeds with {}: away, and back, told to those one shares a chat with", async () => {
  expect(await set({ State: "away" })).toMatchObject({ status: 200, body: {} });
  expect(await state()).toBe("away");
  const told = () => watcher.events.filter(({ id }) => id === "ben").map(({ payload }) => payload?.state);
  // What is told is how things are when they are looked at: two changes in one look are told as the last.
  await expect.poll(() => told().at(-1)).toBe("away");
  expect((await set({ state: "online" })).status).toBe(200);
  expect(await state()).toBe("online");
  await expect.poll(() => told().at(-1)).toBe("online");
});

test("somebody who is not connected is not there, whatever is said", async () => {
  expect((await set({ state: "online" }, tenant.as("cleo"))).status).toBe(200);
  const cleo = tenant.as("cleo");
  expect((await cleo<{ data: object[] }>("GET", "/presence?userIds=cleo")).body.data).toMatchObject([
    { userId: "cleo", state: "offline" },
  ]);
});

test.each([{}, { state: "invisible" }, { state: "offline" }])("bad input: %j", async (body) => {
  expect(await set(body)).toMatchObject({ status: 400, body: { errors: { state: [expect.any(String)] } } });
});
