import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

test.each([100, 1999, 2001, 10_000])("an id of %i characters is one that nothing has", async (length) => {
  const id = "a".repeat(length);
  for (const path of [`/Chat/${id}`, `/Chat/${id}/messages`, `/Notifications/${id}`])
    expect(await tenant.as("ada")("GET", path)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect(await tenant.as("ada")("DELETE", `/Notifications/${id}`)).toMatchObject({ status: 404 });
});
