import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { type Category, maxCategories } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const put = (type: string, body: unknown) =>
  tenant.key()<Category>("PUT", `/admin/categories/${encodeURIComponent(type)}`, body);

describe("succeeds", () => {
  test("with what is declared, defaults for the rest, and again as a whole", async () => {
    const { status, body } = await put("OrderShipped", {
      title: "Orders",
      description: "When something is on its way",
      channels: ["email", "inApp", "email"],
      metadataSchema: { type: "object" },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      type: "OrderShipped",
      channels: ["inApp", "email"],
      priority: "Normal",
      required: false,
    });
    const again = await put("OrderShipped", { title: "Orders", required: true, priority: "High" });
    expect(again.body).toMatchObject({ channels: ["inApp"], priority: "High", required: true });
    expect(again.body).not.toHaveProperty("description");
    expect(again.body).not.toHaveProperty("metadataSchema");
    expect((await tenant.key()("GET", "/admin/categories/OrderShipped")).body).toEqual(again.body);
  });

  test("with any name a type may have", async () => {
    expect((await put("Ende gut/alles gut", { title: "x" })).body.type).toBe("Ende gut/alles gut");
    const { body } = await tenant.key()<{ data: Category[] }>("GET", "/admin/categories");
    expect(body.data.map(({ type }) => type)).toEqual(["Ende gut/alles gut", "OrderShipped"]);
  });

  test("and is gone when it is taken back", async () => {
    await put("Gone", { title: "x" });
    expect((await tenant.key()("DELETE", "/admin/categories/Gone")).status).toBe(200);
    expect((await tenant.key()("GET", "/admin/categories/Gone")).status).toBe(404);
    expect((await tenant.key()("DELETE", "/admin/categories/Gone")).status).toBe(404);
  });
});

describe("refuses", () => {
  test.each([
    ["no title", {}],
    ["a channel that does not exist", { title: "x", channels: ["pigeon"] }],
    ["a priority that does not exist", { title: "x", priority: "Extreme" }],
    ["a schema that refers elsewhere", { title: "x", metadataSchema: { $ref: "https://example.com" } }],
    ["a schema that is none", { title: "x", metadataSchema: { type: "nothing" } }],
  ])("%s with 400", async (_name, body) => {
    expect((await put("Bad", body)).status).toBe(400);
  });

  test("one that was to be new and exists already with 409, and leaves it as it is", async () => {
    const before = await put("Kept", { title: "Kept", description: "Long", required: true, onlyNew: true });
    expect(before.status).toBe(200);
    const { status, body } = await put("Kept", { title: "Over it", onlyNew: true });
    expect([status, body]).toMatchObject([409, { code: "conflict", errors: { type: ["It exists already"] } }]);
    expect((await tenant.key()("GET", "/admin/categories/Kept")).body).toEqual(before.body);
  });

  test("one that was changed or deleted since it was read, with 409", async () => {
    const read = (await put("TwoHands", { title: "Ours" })).body;
    const changed = await put("TwoHands", { title: "Ours", required: true, onlyIf: read.updatedAt });
    expect(changed.status).toBe(200);
    const late = await put("TwoHands", { title: "Theirs", onlyIf: read.updatedAt });
    const text = "It was changed meanwhile";
    expect([late.status, late.body]).toMatchObject([
      409,
      { code: "conflict", detail: text, errors: { onlyIf: [text] } },
    ]);
    expect((await tenant.key()("GET", "/admin/categories/TwoHands")).body).toEqual(changed.body);
    await tenant.key()("DELETE", "/admin/categories/TwoHands");
    expect((await put("TwoHands", { title: "Ours", onlyIf: changed.body.updatedAt })).status).toBe(409);
  });

  test(`more than ${maxCategories} with 409, but not a change of one that is there`, async () => {
    const crowd = await stack.tenant("crowd");
    const rows = Array.from({ length: maxCategories }, (_, n) => ({ tenantId: "crowd", type: `t${n}`, title: "x" }));
    await stack.api.services.db.forTenant(crowd.tenantId).category.createMany({ data: rows });
    const tries = [1, 2].map((n) => crowd.key()("PUT", `/admin/categories/new${n}`, { title: "x" }));
    expect((await Promise.all(tries)).map(({ status }) => status)).toEqual([409, 409]);
    expect((await crowd.key()("PUT", "/admin/categories/t7", { title: "y" })).status).toBe(200);
    const listed = await crowd.key()<{ data: Category[] }>("GET", `/admin/categories?pageSize=${maxCategories}`);
    expect(listed.body.data, "one answer may hold all of them").toHaveLength(maxCategories);
  });
});
