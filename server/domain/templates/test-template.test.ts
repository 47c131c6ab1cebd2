import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PUT", "/admin/templates/hello", {
    subject: "Hello {{ name }}",
    message: "In the app",
    text: "By mail, {{ name }}",
    html: "<b>{{ name }}</b><a href='{{ link }}'>x</a>",
    summary: "Short",
    required: ["name"],
    sample: { name: "<Ada>", link: "javascript:alert(1)" },
  });
});
afterAll(() => stack.close());

const post = (path: string, body: object) => tenant.key()<Record<string, string>>("POST", path, body);
const rowOf = (id: string | undefined) =>
  stack.api.services.db.forTenant(tenant.tenantId).notification.findFirst({ where: { id: id ?? "" } });

test("a draft goes to one user as it would be, with its sample, in every form", async () => {
  const { status, body } = await post("/admin/templates/hello/test", { userId: "ada", email: "ada@example.com" });
  expect([status, body.version]).toEqual([201, 1]);
  expect(await rowOf(body.notificationId)).toMatchObject({
    userId: "ada",
    email: "ada@example.com",
    subject: "Hello <Ada>",
    message: "In the app",
    mailText: "By mail, <Ada>",
    summary: "Short",
    template: { name: "hello", version: 1 },
  });
  expect((await rowOf(body.notificationId))?.htmlContent).toMatch(/^<b>&lt;Ada&gt;<\/b><a[^>]*>x<\/a>$/);
  expect((await rowOf(body.notificationId))?.htmlContent).not.toContain("javascript");
  expect((await tenant.as("ada")("GET", `/Notifications/${body.notificationId}`)).body).toMatchObject({
    subject: "Hello <Ada>",
  });
});

test("a send takes what is published, and nothing else", async () => {
  const send = (more: object) => post("/Notifications", { userId: "ben", template: "hello", ...more });
  expect((await send({ variables: { name: "Ben" } })).status).toBe(400);
  await tenant.key()("POST", "/admin/templates/hello/publish", {});
  const { status, body } = await send({ variables: { name: "Ben" } });
  expect([status, body.subject]).toEqual([201, "Hello Ben"]);
  expect((await send({})).body).toMatchObject({ errors: { "variables.name": ["is missing"] } });
  expect((await send({ template: "nobody" })).status).toBe(400);
});
