import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { eventually } from "../../testing/hub-client.ts";
import { type Caller, call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import type { Notification } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let ada: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
  ada = tenant.as("ada");
});
afterAll(() => stack.close());

interface Events {
  data: { type: string; data: Record<string, unknown> }[];
  nextCursor: string;
}

const invite = { userId: "ada", type: "UserInvite", subject: "You're invited", message: "Ben invites you" };
const create = (body: object, headers: Record<string, string> = {}, caller = key) =>
  caller<Notification>("POST", "/Notifications", { ...invite, ...body }, headers);

/** A send by somebody who is signed in to the console. */
async function sendAsOperator(body: object, headers: Record<string, string>): Promise<number> {
  const { tenantId } = tenant;
  const { session } = await makeOperator(stack.api.services.db, testSecret, { tenantId, role: "owner" });
  const own = { ...consoleHeaders(session), "x-tenant-id": tenantId, ...headers };
  return (await call(`${stack.url}/api/trpc/notifications.create`, "POST", { ...invite, ...body }, own)).status;
}

describe("succeeds", () => {
  test("by key and by Admin with the notification, which its user can fetch", async () => {
    const body = { metadata: { from: "ben" }, summary: "An invitation", priority: "hIgH" };
    for (const caller of [key, tenant.as("root", ["Admin"])]) {
      const { status, body: made } = await create(body, {}, caller);
      expect(status).toBe(201);
      expect(made).toMatchObject({
        ...invite,
        ...body,
        priority: "High",
        isRead: false,
        read: false,
        status: "visible",
      });
      expect(made.createdAt).toMatch(/^\d{4}-.*Z$/);
      expect(made).not.toHaveProperty("readAt");
      expect((await ada<Notification>("GET", `/Notifications/${made.id}`)).body).toEqual(made);
    }
  });

  test("with its event, to its user alone", async () => {
    const [mine, bens] = [await cursor(ada), await cursor(tenant.as("ben"))];
    const { body } = await create({ htmlContent: "<p>Come</p>" });
    expect((await since(ada, mine)).data).toMatchObject([{ type: "notification.created", data: body }]);
    expect((await since(tenant.as("ben"), bens)).data).toEqual([]);
  });

  test.each([
    [0, "Low"],
    ["1", "Normal"],
    ["URGENT", "Urgent"],
    [3, "Urgent"],
    [null, "Normal"],
  ])("with priority %j as %s", async (priority, shown) => {
    expect((await create({ priority })).body.priority).toBe(shown);
  });

  test("with other spellings, and a type of its own where none is given", async () => {
    const { body } = await key<Notification>("POST", "/notifications", { UserID: "ada", Title: "T", Body: "B" });
    expect(body).toMatchObject({ userId: "ada", subject: "T", message: "B", type: "General", metadata: {} });
  });

  // Nobody could choose for such a type, nor could it be declared.
  test("not of a type with a control character", async () => {
    expect(await create({ type: "a\u0007b" })).toMatchObject({ status: 400, body: { code: "invalid" } });
  });

  test("at once for a time in the past", async () => {
    const { body } = await create({ scheduledFor: "2020-01-01T00:00:00" });
    expect(body).toMatchObject({ status: "visible", scheduledFor: "2020-01-01T00:00:00.000Z" });
  });

  test("without what its HTML could do, and without the address of its mail", async () => {
    const { body } = await create({
      htmlContent: `<p onclick="x()">Hi<script>x()</script></p>`,
      email: "ada@example.com",
    });
    expect(body.htmlContent).toBe("<p>Hi</p>");
    expect(JSON.stringify(body)).not.toContain("ada@example.com");
  });
});

describe("a repeat under the same key", () => {
  test("gets the first answer, also when both come at once; nothing is made twice", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const before = await total();
    const answers = await Promise.all(Array.from({ length: 6 }, () => create({ subject: "once" }, headers)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await ada("PUT", `/Notifications/${answers[0]?.body.id}/read`);
    const again = await create({ subject: "once" }, headers);
    expect(again).toMatchObject({ status: 201, body: answers[0]?.body });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await total()).toBe(before + 1);
  });

  test("gets it also when it would be refused by now, to one and to many, and what is new is refused", async () => {
    const words = { subject: "Sailing", message: "At nine", publish: true };
    expect((await key("PUT", "/admin/templates/sailing", words)).status).toBe(200);
    const send = async (held?: Record<string, string>) => {
      const said = { type: "x", template: "sailing" };
      return [
        await key<Notification>("POST", "/Notifications", { ...said, userId: "ada" }, held),
        await key<Notification>("POST", "/Notifications/bulk", { ...said, userIds: ["ada", "ben"] }, held),
      ];
    };
    const headers = { "idempotency-key": crypto.randomUUID() };
    const first = await send(headers);
    expect((await key("DELETE", "/admin/templates/sailing")).status).toBe(200);
    const again = await send(headers);
    expect(again.map(({ status, body }) => [status, body.id])).toEqual(first.map(({ body }) => [201, body.id]));
    expect(again.map((answer) => answer.headers.get("idempotent-replayed"))).toEqual(["true", "true"]);
    expect((await send()).map(({ status }) => status)).toEqual([400, 400]);
  });

  test("gets it too while the first waits in the lane of its node, or in another node's flush", async () => {
    const other = await stack.another();
    const repeatAt = async ({ url, api }: Pick<Stack, "url" | "api">, before: object[]) => {
      const sendTo = (url: string, key: string) =>
        call<Notification>(
          `${url}/tenant/${tenant.tenantId}/v1/Notifications`,
          "POST",
          { ...invite, expiresAt: "2980-01-01T00:00:00Z" },
          { "idempotency-key": key, "x-api-key": tenant.primaryKey },
        );
      const held = crypto.randomUUID();
      const submitted = vi.spyOn(stack.api.services.db.lanes, "submit");
      const [first, again, fresh] = await whileHeadIsHeld(async (waitedFor) => {
        for (const earlier of before) void create(earlier);
        await waitedFor(before.length);
        const first = sendTo(stack.url, held);
        await eventually(async () => expect(submitted).toHaveBeenCalledTimes(before.length + 1));
        await waitedFor(1);
        const late = vi.spyOn(api.services.db, "now").mockResolvedValue(Date.parse("2990-01-01T00:00:00Z"));
        const again = sendTo(url, held);
        await eventually(() => expect(late).toHaveBeenCalledTimes(1)); // by which it is refused
        // One that is refused after it waits for the head, where it would wait too if it did not wait in its node for the first.
        const fresh = sendTo(url, crypto.randomUUID());
        await eventually(() => expect(late).toHaveBeenCalledTimes(2));
        await Promise.race([again, waitedFor(before.length > 0 ? 2 : 3)]);
        late.mockRestore();
        return [first, again, fresh];
      });
      submitted.mockRestore();
      expect(await again).toMatchObject({ status: 201, body: { id: (await first)?.body.id } });
      expect((await fresh)?.status).toBe(400);
    };
    await repeatAt(stack, [{ subject: "in the flush before" }]);
    await repeatAt(other, []);
    await other.api.close();
  });

  test("is told to come again while the first is being stored, also where it would be refused by now", async () => {
    const words = { subject: "Delay", message: "By an hour", publish: true };
    await key("PUT", "/admin/templates/delay", words);
    const headers = { "idempotency-key": crypto.randomUUID() };
    const send = () =>
      key<Notification>("POST", "/Notifications/bulk", { userIds: ["ada"], type: "x", template: "delay" }, headers);
    const [first] = await whileHeadIsHeld(async (waitedFor) => {
      const first = send();
      await waitedFor(1);
      await key("DELETE", "/admin/templates/delay");
      expect(await send()).toMatchObject({ status: 409, body: { code: "idempotency_running" } });
      return [first];
    });
    const answer = await first;
    expect(answer?.status).toBe(201);
    expect((await send()).body.id).toBe(answer?.body.id);
  });

  test("is 422 with another body, and free for another caller, also where both have signed in to the console", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    await create({ subject: "first" }, headers);
    expect(await create({ subject: "other" }, headers)).toMatchObject({
      status: 422,
      body: { code: "idempotency_reused" },
    });
    expect((await create({ subject: "other" }, headers, tenant.as("root", ["Admin"]))).status).toBe(201);
    for (const subject of ["one operator's", "another's"]) expect(await sendAsOperator({ subject }, headers)).toBe(200);
  });
});

test("50 at once are 50, each with its own event", async () => {
  const [mine, before] = [await cursor(ada), await total()];
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => create({ subject: `n${i}` })));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
  expect(await total()).toBe(before + 50);
  const { data } = await since(ada, mine);
  expect(data.map((event) => event.data.id).toSorted()).toEqual(answers.map(({ body }) => body.id).toSorted());
});

test.each([
  ["no user", { userId: null }, "userId"],
  ["no subject", { subject: "" }, "subject"],
  ["no message", { message: null }, "message"],
  ["17 KiB of text", { message: "x".repeat(17 * 1024) }, "message"],
  ["65 KiB of HTML", { htmlContent: "x".repeat(65 * 1024) }, "htmlContent"],
  ["an unknown priority", { priority: "Whatever" }, "priority"],
  ["no such day", { scheduledFor: "2026-02-31T00:00:00Z" }, "scheduledFor"],
  ["an expiry that is past", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
  ["gone before it is there", { scheduledFor: "2990-01-02T00:00:00Z", expiresAt: "2990-01-01T00:00:00Z" }, "expiresAt"],
  ["no address", { email: "ada" }, "email"],
  ["metadata that is a list", { metadata: [] }, "metadata"],
  ["no local date", { scheduledForLocal: "2990-99-99T09:00" }, "scheduledForLocal"],
  ["no such local day", { scheduledForLocal: "2990-02-31T09:00" }, "scheduledForLocal"],
  ["a local time that is no year's everywhere", { scheduledForLocal: "9999-12-31T23:30" }, "scheduledForLocal"],
  ["two times", { scheduledFor: "2990-01-01T00:00:00Z", scheduledForLocal: "2990-01-01T09:00" }, "scheduledForLocal"],
])("bad input: %s", async (_name, body, field) => {
  const before = await total();
  expect(await create(body)).toMatchObject({
    status: 400,
    body: { code: "invalid", errors: { [field]: expect.arrayContaining([expect.any(String)]) } },
  });
  expect(await total()).toBe(before);
});

test("a user without the Admin group gets 403, nobody 401, another tenant 403", async () => {
  expect(await create({}, {}, ada)).toMatchObject({ status: 403, body: { code: "forbidden" } });
  expect((await create({}, { "x-api-key": "" })).status).toBe(401);
  const other = await stack.tenant("umbra");
  expect((await create({}, { "x-api-key": other.primaryKey })).status).toBe(403);
});

/** Keeps whatever appends to the tenant's log waiting meanwhile. In a list, because a promise alone would be waited for. */
async function whileHeadIsHeld<T>(work: (waitedFor: (by: number) => Promise<unknown>) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query("begin");
  await owner.query("select 1 from tenant_log where tenant_id = $1 for update", [tenant.tenantId]);
  const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  const waitedFor = (by: number) =>
    eventually(async () => {
      await owner.query("select pg_stat_clear_snapshot()"); // a transaction sees the activity of its first look
      expect((await owner.query(waiting)).rowCount).toBe(by);
    });
  return await work(waitedFor).finally(() => owner.end());
}

async function total(): Promise<number> {
  return (await ada<{ totalCount: number }>("GET", "/Notifications")).body.totalCount;
}
async function cursor(caller: Caller): Promise<string> {
  return (await caller<Events>("GET", "/events")).body.nextCursor;
}
async function since(caller: Caller, after: string): Promise<Events> {
  return (await caller<Events>("GET", `/events?after=${after}&limit=500`)).body;
}
