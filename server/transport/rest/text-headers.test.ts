import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let acme: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
});
afterAll(() => stack.close());

/** As curl sends a header: `fetch` takes each character for a byte. */
const inUtf8 = (text: string) => Buffer.from(text).toString("latin1");

test.each(["josé", "李雷", "🦊", "a%20b"])("X-Act-As-User names %s in UTF-8, whatever the protocol", async (userId) => {
  const act = { "x-act-as-user": inUtf8(userId) };
  const made = await acme.key(act)<Chat>("POST", "/Chat", { name: "x" });
  expect({ status: made.status, createdBy: made.body.createdBy }).toEqual({ status: 201, createdBy: userId });
  const byTrpc = await call<{ result: { data: Chat } }>(`${stack.url}/api/trpc/chats.create`, "POST", {}, trpcAs(act));
  expect(byTrpc.body.result.data.createdBy).toBe(userId);
});

test("X-Act-As-User in anything else is refused: it would be somebody else's id", async () => {
  const act = { "x-act-as-user": "josé" };
  const refused = { code: "invalid", errors: { "X-Act-As-User": ["must be text in UTF-8"] } };
  expect((await acme.key(act)("POST", "/Chat", {})).body).toMatchObject({ status: 400, ...refused });
  const headers = { "x-api-key": acme.primaryKey, ...act };
  expect((await fetch(`${acme.url}/hub/negotiate`, { method: "POST", headers })).status).toBe(400);
  const byTrpc = await call<object>(`${stack.url}/api/trpc/chats.create`, "POST", {}, trpcAs(act));
  expect(byTrpc).toMatchObject({ status: 400, body: { error: { data: { problem: refused } } } });
});

test("X-Client-Id in anything but UTF-8 is refused", async () => {
  const ada = acme.as("ada");
  const chat = (await ada<Chat>("POST", "/Chat", {})).body;
  const send = (clientId: string) =>
    ada("POST", `/Chat/${chat.id}/messages`, { content: "x" }, { "x-client-id": clientId });
  expect((await send(inUtf8("página"))).status).toBe(201);
  const refused = await send("página");
  expect(refused).toMatchObject({ status: 400, body: { errors: { "X-Client-Id": ["must be text in UTF-8"] } } });
});

test("blanks alone in a query are text: somebody may be called so", async () => {
  await acme.key()("PUT", "/admin/topics/blank", { name: "Blank" });
  await acme.key()("POST", "/admin/topics/blank/subscribers", { userIds: [" ", "ann"] });
  const page = async (query: string) =>
    (await acme.key()<{ data: { userId: string }[] }>("GET", `/admin/topics/blank/subscribers?${query}`)).body.data;
  expect(await page("limit=1")).toMatchObject([{ userId: " " }]);
  expect(await page("limit=1&after=%20")).toMatchObject([{ userId: "ann" }]);
  expect(await page("limit=%20&after=")).toHaveLength(2);
});

function trpcAs(act: Record<string, string>): Record<string, string> {
  return { "x-api-key": acme.primaryKey, "x-tenant-id": "acme", ...act };
}
