import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const put = (id: string, body: object) => tenant.key()("PUT", `/admin/topics/${id}`, body);

test("a topic is made and named anew, and one that was to be new keeps its name", async () => {
  expect((await put("line", { name: "Line", onlyNew: true })).body).toMatchObject({ id: "line", name: "Line" });
  const taken = await put("line", { name: "Other", onlyNew: true });
  expect([taken.status, taken.body]).toMatchObject([409, { errors: { topicId: ["It exists already"] } }]);
  expect((await tenant.key()("GET", "/admin/topics/line")).body).toMatchObject({ name: "Line" });
  expect((await put("line", { name: "Anew" })).body).toMatchObject({ name: "Anew" });
});

test("of two at once that are to be new one is made", async () => {
  const both = await Promise.all(["One", "Two"].map((name) => put("both", { name, onlyNew: true })));
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
});

test("one that was deleted since it was read, or made anew, keeps what it is now", async () => {
  const made = (await put("ferry", { name: "Ferry" })).body as { createdAt: string };
  const onlyIf = made.createdAt;
  expect((await put("ferry", { name: "Ship", onlyIf })).body).toMatchObject({ ...made, name: "Ship" });
  expect((await put("ferry", { name: "Ferry", onlyIf })).status, "a name is no other topic").toBe(200);
  await tenant.key()("DELETE", "/admin/topics/ferry");
  const gone = await put("ferry", { name: "Ship", onlyIf });
  const text = "It was deleted meanwhile";
  expect([gone.status, gone.body]).toMatchObject([409, { code: "conflict", detail: text, errors: { onlyIf: [text] } }]);
  expect((await tenant.key()("GET", "/admin/topics/ferry")).status).toBe(404);
  await put("ferry", { name: "Another" });
  const anew = await put("ferry", { name: "Ship", onlyIf: "2020-01-01T00:00:00.000Z" });
  expect([anew.status, anew.body]).toMatchObject([409, { detail: "It was deleted and made anew meanwhile" }]);
  expect((await tenant.key()("GET", "/admin/topics/ferry")).body).toMatchObject({ name: "Another" });
});
