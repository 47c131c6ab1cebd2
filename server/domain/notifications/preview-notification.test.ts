import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorker } from "../../jobs/worker.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { call, configFor, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  stack = await startStack();
  worker = await startWorker(configFor(stack.database));
  tenant = await stack.tenant("acme");
  const key = tenant.key();
  await key("PATCH", "/admin/tenant", { settings: { branding: { name: "Acme Mail", colour: "#aa0011" } } });
  await key("PUT", "/admin/categories/Storm", { title: "Storms", priority: "Urgent", required: true });
  const words = { subject: "{{ line }} waits", message: "At {{ pier.name }}", html: "<b>{{ line }}</b>" };
  await key("PUT", "/admin/templates/wait", { ...words, sample: { line: "Montijo" }, publish: true });
});
afterAll(async () => {
  await worker.close();
  await stack.close();
});

interface Preview {
  subject: string;
  message: string;
  htmlContent?: string;
  priority: string;
  uses: string[];
  missing: string[];
  mail: { html: string; text: string };
  errors?: object;
}

interface Caught {
  subject: string;
  html: string;
}

const preview = (draft: object) => tenant.key()<Preview>("POST", "/admin/notifications/preview", draft);

test("what is written is shown as it will look, in the tenant's colours, and what would run is gone", async () => {
  const { status, body } = await preview({ subject: "Late", htmlContent: "<i>ten</i><script>x()</script>" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ subject: "Late", message: "", htmlContent: "<i>ten</i>", priority: "Normal" });
  for (const part of ["Acme Mail", "#aa0011", "<i>ten</i>", "prefers-color-scheme: dark", "Unsubscribe"])
    expect(body.mail.html).toContain(part);
  expect(body.mail.text).toContain("Late");
});

test("a template says which variables it uses and which have no value; what may not be unsubscribed has no link", async () => {
  const { body } = await preview({ template: "wait", type: "Storm" });
  expect(body).toMatchObject({ subject: "Montijo waits", message: "At ", priority: "Urgent" });
  expect([body.uses, body.missing]).toEqual([["line", "pier.name"], ["pier.name"]]);
  expect(body.mail.html).not.toContain("Unsubscribe");
  const draft = { subject: "{{ a }}", message: "m" };
  expect((await preview({ draft, variables: { a: "1\n2" } })).body).toMatchObject({ subject: "1 2", missing: [] });
  const unfinished = await preview({ draft: { ...draft, message: "{{ a" } });
  expect(unfinished).toMatchObject({
    status: 200,
    body: { subject: "", faults: { message: expect.stringContaining("not closed") } },
  });
  expect((await preview({ template: "nobody" })).body.errors).toHaveProperty("template");
});

test("a test of it goes to an address as the mail that was shown", async () => {
  const { body: shown } = await preview({ template: "wait" });
  const { body } = await tenant.key()<{ deliveryId: string }>("POST", "/admin/mail/test", {
    to: "me@acme.example",
    template: "wait",
  });
  const list = () => tenant.key()<{ data: { id: string; deliveryId: string }[] }>("GET", "/admin/mail/caught");
  const find = async () => (await list()).body.data.find(({ deliveryId }) => deliveryId === body.deliveryId)?.id;
  await expect.poll(find).toBeDefined();
  const { body: mail } = await tenant.key()<Caught>("GET", `/admin/mail/caught/${await find()}`);
  expect(mail.subject).toBe("Montijo waits");
  // A test goes to nobody who has an inbox: it leads nowhere.
  expect(mail.html).toContain(/<b>Montijo.*?<.div>/s.exec(shown.mail.html)?.[0]);
});

test("what is no template yet is not sent", async () => {
  const draft = { subject: "{{ a", message: "m" };
  const { status, body } = await tenant.key()<{ errors: object }>("POST", "/admin/mail/test", {
    to: "me@a.example",
    draft,
  });
  expect([status, Object.keys(body.errors)]).toEqual([400, ["draft.subject"]]);
});

test("who only reads opens a caught mail without the links that change what its reader chose", async () => {
  const { db } = stack.api.services;
  await tenant.key()("POST", "/Notifications", { userId: "ada", email: "ada@a.example", subject: "Hi", message: "Ho" });
  const list = () => tenant.key()<{ data: { id: string; to: string }[] }>("GET", "/admin/mail/caught");
  const find = async () => (await list()).body.data.find(({ to }) => to === "ada@a.example")?.id;
  await expect.poll(find, { timeout: 20_000 }).toBeDefined();
  const mailId = await find();
  const openAs = async (role: "admin" | "support" | "read-only") => {
    const { session } = await makeOperator(db, testSecret, { tenantId: tenant.tenantId, role });
    const headers = { ...consoleHeaders(session), "x-tenant-id": "acme" };
    const input = encodeURIComponent(JSON.stringify({ mailId }));
    const { body } = await call(`${stack.url}/api/trpc/mail.getCaught?input=${input}`, "GET", undefined, headers);
    return JSON.stringify(body);
  };
  const link = /\/u\/acme\.[\w-]+\.[\w-]{24}/;
  expect(await openAs("admin")).toMatch(link);
  for (const role of ["support", "read-only"] as const) {
    const opened = await openAs(role);
    expect(opened).toContain("List-Unsubscribe");
    expect(opened).toContain("Ho");
    expect(opened).not.toMatch(/acme\.[\w-]+\.[\w-]+/);
    expect(opened).not.toContain('"source"');
  }
});

test("who only reads may look, and looking is not in the audit log", async () => {
  const { db } = stack.api.services;
  const { session } = await makeOperator(db, testSecret, { tenantId: tenant.tenantId, role: "read-only" });
  const headers = { ...consoleHeaders(session), "x-tenant-id": "acme" };
  const looked = await call(`${stack.url}/api/trpc/notifications.preview`, "POST", { subject: "x" }, headers);
  const sent = await call(`${stack.url}/api/trpc/mail.sendTest`, "POST", { to: "a@b.example" }, headers);
  expect([looked.status, sent.status]).toEqual([200, 403]);
  const { body } = await tenant.key()<{ data: { operation: string }[] }>("GET", "/admin/audit");
  expect(body.data.map(({ operation }) => operation)).not.toContain("notifications.preview");
});
