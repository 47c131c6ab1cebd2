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

test("a send's own message takes the place of what the template's mail says, too; HTML of its own goes beside it", async () => {
  const words = { subject: "S", message: "In the app", text: "By mail", html: "<b>By mail</b>" };
  await tenant.key()("PUT", "/admin/templates/own", { ...words, publish: true });
  const said = async (more: object) => {
    const { id } = (await post("/Notifications", { userId: "ben", template: "own", ...more })).body;
    const row = await rowOf(id);
    return [row?.message, row?.mailText, row?.htmlContent];
  };
  expect(await said({ message: "Mine" })).toEqual(["Mine", null, null]);
  expect(await said({ message: "Mine", htmlContent: "<i>Mine</i>" })).toEqual(["Mine", null, "<i>Mine</i>"]);
  expect(await said({ message: "In the app" })).toEqual(["In the app", "By mail", "<b>By mail</b>"]);
  expect(await said({ htmlContent: "<i>Mine</i>" })).toEqual(["In the app", "By mail", "<i>Mine</i>"]);
  const shown = (await post("/admin/notifications/preview", { template: "own", message: "Mine" })).body;
  expect(shown).toMatchObject({ message: "Mine", mail: { text: expect.stringContaining("Mine") } });
  expect(JSON.stringify(shown)).not.toContain("By mail");
});
