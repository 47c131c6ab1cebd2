import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { ApiKey } from "./schema.ts";

interface Page {
  data: ApiKey[];
  totalCount: number;
  hasNextPage: boolean;
}

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const list = (query = "") => tenant.key()<Page>("GET", `/admin/api-keys${query}`);

test("shows primary, secondary, then the named ones, without any key or hash", async () => {
  for (const name of ["first", "second"])
    await tenant.key()("POST", "/admin/api-keys", { name, scopes: ["chats:read"] });
  const { body } = await list();
  expect(body.data.map(({ name }) => name)).toEqual(["Primary key", "Secondary key", "first", "second"]);
  expect(Object.keys(body.data[0] ?? {}).sort()).toEqual(["createdAt", "hint", "id", "kind", "name", "scopes"]);
  expect(JSON.stringify(body)).not.toMatch(/[0-9a-f]{64}/);
});

test("pages", async () => {
  const { body } = await list("?pageNumber=2&pageSize=3");
  expect(body).toMatchObject({ totalCount: 4, hasNextPage: false, data: [{ name: "second" }] });
  // All that there may be.
  expect((await list("?pageSize=200")).body).toMatchObject({ pageSize: 100, totalCount: 4 });
});

test("shows when a key was last used", async () => {
  await stack.api.services.security.close();
  const { body } = await list();
  expect(Date.now() - Date.parse(body.data[0]?.lastUsedAt ?? "")).toBeLessThan(60_000);
  expect(body.data[1]?.lastUsedAt).toBeUndefined();
});

test("shows nothing of another tenant", async () => {
  const other = await stack.tenant("globex");
  expect((await other.key()<Page>("GET", "/admin/api-keys")).body.totalCount).toBe(2);
});

test("refuses users with 403", async () => {
  expect((await tenant.as("ada")("GET", "/admin/api-keys")).status).toBe(403);
});
