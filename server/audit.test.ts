import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allOperations } from "./operations.ts";
import { type Stack, startStack, type TestTenant } from "./testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

interface Entry {
  id: string;
  operation: string;
  target?: string;
  input: Record<string, unknown>;
}

const entries = async (operation: string) =>
  (await tenant.key()<{ data: Entry[] }>("GET", `/admin/audit?operation=${operation}`)).body.data;

test("who told whom is noted, and what of, but not what they were told", async () => {
  const said = {
    subject: "Results",
    message: "Positive",
    summary: "Bad",
    metadata: { ward: 3 },
    htmlContent: "<b>Positive</b>",
  };
  const scheduledFor = "2990-01-01T00:00:00.000Z";
  const told = { ...said, userId: "zed", type: "Lab", email: "zed@example.com", scheduledFor };
  const { body } = await tenant.key()<{ id: string }>("POST", "/Notifications", told);
  await tenant.as("root", ["Admin"])("PATCH", `/Notifications/${body.id}`, { message: "Negative" });
  await tenant.key()("POST", "/Notifications/bulk", { ...said, userIds: ["zed"], type: "Lab" });

  const masked = Object.fromEntries(Object.keys(said).map((name) => [name, "•••"]));
  expect((await entries("notifications")).map(({ operation, target, input }) => [operation, target, input])).toEqual([
    ["notifications.update", `notificationId:${body.id}`, { notificationId: body.id, message: "•••" }],
    ["notifications.create", undefined, { ...masked, userId: "zed", type: "Lab", email: "•••", scheduledFor }],
  ]);
  expect((await entries("batches")).map(({ input }) => input)).toEqual([{ ...masked, userIds: ["zed"], type: "Lab" }]);
});

test("one entry is found by its id, by the tenant alone that it is of", async () => {
  for (const name of ["first", "second"]) await tenant.key()("PUT", `/admin/topics/${name}`, { name });
  const [, first] = await entries("topics.put");
  const by = async (id: string | undefined, of = tenant) =>
    (await of.key()<{ data: Entry[] }>("GET", `/admin/audit?id=${id}&limit=1`)).body.data;
  expect(await by(first?.id)).toMatchObject([{ id: first?.id, target: "topicId:first" }]);
  expect(await by(first?.id, await stack.tenant("globex"))).toEqual([]);
  expect(await by("nonsense")).toEqual([]);
});

test("a file of it ends at its newest 16 MiB, whatever it is written as", async () => {
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const wordy = await stack.tenant("wordy");
  await owner.query(
    `insert into audit_entries (tenant_id, id, at, actor_kind, actor_id, operation, input, outcome, request_id)
    select 'wordy', gen_random_uuid(), now() - n * interval '1 s', 'key', 'k', 'x.y', jsonb_build_object('n', n, 'words', repeat('x', 20000)), 'ok', 'r'
    from generate_series(1, 1200) n`,
  );
  await owner.end();
  interface File {
    body: string;
    truncated: boolean;
  }
  const file = async (query: string) =>
    (await wordy.key()<File>("GET", `/admin/audit/export?operation=x.y${query}`)).body;
  const json = await file("&format=json");
  const numbers = (JSON.parse(json.body) as Entry[]).map(({ input }) => input.n);
  expect(json.truncated).toBe(true);
  expect(json.body.length).toBeLessThan(16 * 1024 ** 2 + 1200);
  expect(numbers.length).toBeGreaterThan(800);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  const csv = await file("");
  expect([csv.truncated, csv.body.split("\r\n").length > 800]).toEqual([true, true]);
  expect(csv.body.length).toBeLessThan(16 * 1024 ** 2 + 1200);
  const oldest = (JSON.parse(json.body) as { at: string }[]).at(-1)?.at;
  const older = await file(`&format=json&until=${oldest}`);
  expect((JSON.parse(older.body) as Entry[]).map(({ input }) => input.n)).toEqual(
    Array.from({ length: 1200 - numbers.length }, (_, index) => numbers.length + index + 1),
  );
  const from = await wordy.key()<{ data: Entry[] }>("GET", `/admin/audit?operation=x.y&since=${oldest}&limit=1`);
  expect(from.body.data).toMatchObject([{ input: { n: 1 } }]);
  const span = await wordy.key()<{ data: Entry[] }>("GET", `/admin/audit?since=${oldest}&until=${oldest}`);
  expect(span.body.data).toEqual([]);
  const none = await file("&outcome=begun&format=json");
  expect(none).toMatchObject({ body: "[]", truncated: false });
});

/** What is somebody's own or said to them, wherever an operation takes it. */
const names = [
  "subject",
  "message",
  "htmlContent",
  "summary",
  "variables",
  "to",
  "displayName",
  "avatarUrl",
  "quietHours",
];
/** Words of the tenant's own. */
const tenants = ["templates.save"];

test("every change that is noted says which of its fields are a person's", () => {
  const noted = allOperations.filter(
    ({ kind, access }) => kind === "mutation" && ["admin", "user-or-key"].includes(access.caller),
  );
  expect(noted.length).toBeGreaterThan(50);
  for (const { name, input, personal = [], access } of noted) {
    const fields = Object.keys((input as { shape?: object }).shape ?? {});
    expect(fields, name).toEqual(expect.arrayContaining([...personal]));
    if (tenants.includes(name) || access.console === "admin:read") continue;
    expect(personal, name).toEqual(expect.arrayContaining(fields.filter((field) => names.includes(field))));
  }
});
