import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationKey } from "../../auth/api-key.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";

interface Made {
  tenantId: string;
  primaryKey: string;
  secondaryKey: string;
}

let stack: Stack;
let tenant: TestTenant;
const credential = { "x-api-key": installationKey(testSecret) };

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const create = (body: unknown, headers: Record<string, string> = credential) =>
  call<Made>(`${stack.url}/installation/tenants`, "POST", body, headers);

describe("succeeds", () => {
  test("with 201 and two keys that open the new tenant and no other", async () => {
    await fetch(`${stack.url}/tenant/fresh/v1/Chat`); // it is known not to exist
    const { status, body } = await create({ id: "fresh", name: "Fresh", settings: { allowedOrigins: ["*"] } });
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(["primaryKey", "secondaryKey", "tenantId"]);
    for (const key of [body.primaryKey, body.secondaryKey]) {
      const own = await call(`${stack.url}/tenant/fresh/v1/admin/tenant`, "GET", undefined, { "x-api-key": key });
      expect(own).toMatchObject({
        status: 200,
        body: { tenantId: "fresh", name: "Fresh", demo: false, settings: { allowedOrigins: ["*"] } },
      });
      expect((await call(`${tenant.url}/admin/tenant`, "GET", undefined, { "x-api-key": key })).status).toBe(403);
    }
  });

  test("and the tenant's users can chat at once", async () => {
    const { body } = await create({ id: "chatty", name: "Chatty" });
    const base = `${stack.url}/tenant/chatty/v1`;
    const { token } = (
      await call<{ token: string }>(`${base}/tokens`, "POST", { userId: "ada" }, { "x-api-key": body.primaryKey })
    ).body;
    expect(
      (await call(`${base}/Chat`, "POST", { memberUserIds: ["ben"] }, { authorization: `Bearer ${token}` })).status,
    ).toBe(201);
  });
});

test("it is found by a part of its id or name, as that is written", async () => {
  await create({ id: "ferry-north", name: "North_line" });
  const found = async (search: string) => {
    const url = `${stack.url}/installation/tenants?search=${encodeURIComponent(search)}`;
    const { body } = await call<{ data: { tenantId: string }[] }>(url, "GET", undefined, credential);
    return body.data.map(({ tenantId }) => tenantId);
  };
  for (const search of ["ferry-n", "th_LINE"]) expect(await found(search), search).toEqual(["ferry-north"]);
  for (const search of ["ferry_north", "%"]) expect(await found(search), search).toEqual([]);
});

describe("replays", () => {
  test("the same keys under the same idempotency key; another tenant under it is 422", async () => {
    const keyed = { ...credential, "idempotency-key": "one" };
    const first = await create({ id: "once", name: "Once" }, keyed);
    const again = await create({ id: "once", name: "Once" }, keyed);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await create({ id: "twice", name: "Twice" }, keyed)).status).toBe(422);
    expect(
      (await fetch(`${stack.url}/tenant/twice/v1/Chat`, { headers: { "x-api-key": first.body.primaryKey } })).status,
    ).toBe(403);
  });
});

test("a list that ends with its page says so", async () => {
  for (const id of ["edge-a", "edge-b", "edge-c"]) await create({ id, name: id });
  const page = async (query: string) => {
    const url = `${stack.url}/installation/tenants?search=edge-&${query}`;
    const { body } = await call<{ data: object[]; nextCursor: string | null }>(url, "GET", undefined, credential);
    return [body.data.length, body.nextCursor];
  };
  expect(await page("limit=2")).toEqual([2, "edge-b"]);
  expect(await page("limit=1&after=edge-b")).toEqual([1, null]);
  expect(await page("limit=3")).toEqual([3, null]);
});

describe("refuses", () => {
  test("an id that is taken with 409, however many ask at once", async () => {
    expect((await create({ id: "acme", name: "Again" })).status).toBe(409);
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ id: "wanted", name: "Wanted" })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    expect((await tenant.key()("GET", "/admin/tenant")).body.name).toBe("Tenant acme");
  });

  test.each([
    ["no id", { name: "x" }],
    ["capitals", { id: "Acme", name: "x" }],
    ["a path", { id: "../x", name: "x" }],
    ["64 characters", { id: "a".repeat(64), name: "x" }],
    ["a hyphen at the end", { id: "a-", name: "x" }],
    ["the installation's own name", { id: "installation", name: "x" }],
    ["no name", { id: "nameless" }],
    ["settings that are wrong", { id: "odd", name: "x", settings: { presence: 1 } }],
  ])("%s with 400", async (_name, body) => {
    expect((await create(body)).status).toBe(400);
  });

  test("a demo: no call can make one", async () => {
    const { body } = await create({ id: "sly", name: "Sly", demo: true, settings: { demo: true } });
    const own = await call(`${stack.url}/tenant/sly/v1/admin/tenant`, "GET", undefined, {
      "x-api-key": body.primaryKey,
    });
    expect(own.body).toMatchObject({ demo: false });
  });

  test("everybody else with 401, tenants' keys among them", async () => {
    const other = installationKey("another secret of another installation");
    const bearer = { authorization: `Bearer ${await tenant.token("root", ["Admin"])}` };
    for (const headers of [
      {},
      { "x-api-key": tenant.primaryKey },
      { "x-api-key": other },
      { "x-api-key": "" },
      bearer,
    ]) {
      expect(await create({ id: "mine", name: "Mine" }, headers as Record<string, string>)).toMatchObject({
        status: 401,
      });
    }
  });
});
