import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { ApiKey } from "./schema.ts";

type NewKey = ApiKey & { key: string };

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const make = async (of: TestTenant = tenant) =>
  (await of.key()<NewKey>("POST", "/admin/api-keys", { name: "bot", scopes: ["admin"] })).body;
const remove = (id: string) => tenant.key()("DELETE", `/admin/api-keys/${id}`);

test("succeeds with {}: the key is refused at once, and the second time there is nothing left", async () => {
  const { id, key } = await make();
  const bot = tenant.key({ "x-api-key": key });
  expect((await bot("GET", "/admin/tenant")).status).toBe(200);
  expect(await remove(id)).toMatchObject({ status: 200, body: {} });
  expect((await bot("GET", "/admin/tenant")).status).toBe(401);
  expect((await remove(id)).status).toBe(404);
});

test("refuses the primary and the secondary with 409, by name and by id", async () => {
  const { body } = await tenant.key()<{ data: ApiKey[] }>("GET", "/admin/api-keys");
  for (const id of ["primary", "secondary", body.data[0]?.id ?? ""]) {
    expect(await remove(id)).toMatchObject({ status: 409, body: { code: "conflict" } });
  }
});

test("refuses another tenant's key and nonsense with 404", async () => {
  const other = await stack.tenant("globex");
  const { id, key } = await make(other);
  for (const nobody of [id, "undefined", "0190b6a4-0000-7000-8000-000000000000"])
    expect((await remove(nobody)).status).toBe(404);
  expect((await other.key({ "x-api-key": key })("GET", "/admin/tenant")).status).toBe(200);
});

test("refuses users with 403", async () => {
  const { id } = await make();
  expect((await tenant.as("ada")("DELETE", `/admin/api-keys/${id}`)).status).toBe(403);
});
