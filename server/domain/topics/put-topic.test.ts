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
