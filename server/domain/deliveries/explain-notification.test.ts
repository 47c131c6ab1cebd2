import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker, untilTold } from "../../testing/mail-worker.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { DetailedDelivery } from "./schema.ts";

// The whole way, by calls alone: settings, send, planner, mail server, and why it did or did not arrive.

let stack: Stack;
let owner: pg.Client;
let tenant: TestTenant;
let worker: { close(): Promise<void> };
let server: MailServer;
let unwilling = true;

beforeAll(async () => {
  [stack, server] = await Promise.all([
    startStack(),
    startMailServer({ recipient: () => (unwilling ? smtpError(554, "5.7.1 not today") : undefined) }),
  ]);
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  tenant = await stack.tenant("acme");
  worker = await startMailWorker(configFor(stack.database), { look: 100, mail: { patience: untilTold } });
});
afterAll(async () => {
  await worker.close();
  await server.close();
  await owner.end();
  await stack.close();
});

const key = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  tenant.key()<T>(method, path, body);
const send = async (body: object) =>
  (await key<{ id: string }>("POST", "/Notifications", { subject: "Hi", message: "There", ...body })).body.id;
const explain = async (id: string, as = tenant.key()) =>
  (await as<{ data: DetailedDelivery[] }>("GET", `/Notifications/${id}/deliveries`)).body.data;
const mailOf = async (id: string) => (await explain(id)).find(({ channel }) => channel === "email");
const settles = (id: string, status: string) => expect.poll(async () => (await mailOf(id))?.status).toBe(status);

test("without a server the mail is caught, and can be read as it would have gone out", async () => {
  const id = await send({ userId: "ada", email: "ada@example.com", htmlContent: "<b>There</b>" });
  await settles(id, "caught");
  const { body: list } = await key<{ data: { id: string; to: string }[] }>("GET", "/admin/mail/caught");
  expect(list.data).toMatchObject([{ to: "ada@example.com" }]);
  const { body: mail } = await key<{ html: string; text: string; headers: { name: string; value: string }[] }>(
    "GET",
    `/admin/mail/caught/${list.data[0]?.id}`,
  );
  expect(mail.html).toContain("<b>There</b>");
  expect(mail.text).toContain("There");
  expect(mail.headers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Subject"]),
  );
});

interface Said {
  delivery?: { email?: { status: string } };
  data?: (Said & { id: string })[];
}

test("the notification itself says what became of its mail: caught, or with the catcher off not configured", async () => {
  const said = async (id: string, as = tenant.key()) =>
    (await as<{ delivery?: { email?: { status: string } } }>("GET", `/admin/notifications/${id}`)).body.delivery?.email;
  const caught = await send({ userId: "ada", email: "ada@example.com" });
  await expect.poll(() => said(caught)).toMatchObject({ status: "caught" });
  await key("PATCH", "/admin/mail/settings", { catcher: false });
  const lost = await send({ userId: "ada", email: "ada@example.com" });
  await expect.poll(() => said(lost)).toMatchObject({ status: "not_configured" });
  await key("PATCH", "/admin/mail/settings", { catcher: true });
  expect(await said(await send({ userId: "ada" }))).toBeUndefined();
  // Its owner reads the same wherever it is shown, and keeps it over every change.
  const ada = tenant.as("ada");
  const of = async (id: string, call: Promise<{ body: Said }>) => {
    const { body } = await call;
    return (body.data?.find((one) => one.id === id) ?? body).delivery?.email?.status;
  };
  const until = new Date(Date.now() + 60_000).toISOString();
  const ways = [
    ["GET", ""],
    ["PUT", "/seen"],
    ["PUT", "/read"],
    ["PUT", "/archive"],
    ["PUT", "/archive", { archived: false }],
    ["PUT", "/snooze", { until }],
    ["PUT", "/snooze", {}],
  ] as const;
  for (const [id, status] of [
    [caught, "caught"],
    [lost, "not_configured"],
  ] as const) {
    expect(await of(id, ada("GET", "/Notifications?pageSize=50"))).toBe(status);
    for (const [method, path, body] of ways)
      expect([path, await of(id, ada(method, `/Notifications/${id}${path}`, body))]).toEqual([path, status]);
  }
  for (const id of [caught, lost]) await key("DELETE", `/Notifications/${id}`);
});

test("a refusal is told in the server's words, to the owner, a key and an Admin, and to nobody else", async () => {
  const settings = {
    host: "127.0.0.1",
    port: server.port,
    security: "none",
    fromAddress: "news@acme.example",
    password: "hush",
  };
  const { body } = await key("PATCH", "/admin/mail/settings", settings);
  expect(body).toMatchObject({ way: "own", hasPassword: true, fromAddress: "news@acme.example" });
  expect(JSON.stringify([body, (await owner.query("select * from mail_settings")).rows])).not.toContain("hush");
  const id = await send({ userId: "ada", email: "ada@example.com" });
  await settles(id, "failed");
  for (const who of [tenant.as("ada"), tenant.as("root", ["Admin"]), tenant.key()]) {
    const deliveries = await explain(id, who);
    expect(deliveries.map(({ channel, status }) => [channel, status])).toEqual([
      ["email", "failed"],
      ["inApp", "sent"],
    ]);
    expect(deliveries[0]?.tries).toMatchObject([{ outcome: "permanent", words: expect.stringContaining("not today") }]);
  }
  expect((await tenant.as("eve")("GET", `/Notifications/${id}/deliveries`)).status).toBe(404);
});

test("it can be sent again from there: a mail of its own, though it was read; only once at a time", async () => {
  const id = await send({ userId: "ada", email: "ada@example.com" });
  await settles(id, "failed");
  await tenant.as("ada")("PUT", `/Notifications/${id}/read`);
  unwilling = false;
  const delivery = await mailOf(id);
  expect((await key("POST", `/admin/deliveries/${delivery?.id}/resend`)).status).toBe(200);
  await settles(id, "sent");
  expect(server.mails.map(({ messageId }) => messageId)).toEqual([`<${delivery?.id}.1@localhost>`]);
  expect((await mailOf(id))?.tries.map(({ outcome }) => outcome)).toEqual(["permanent", "sent"]);
  const inApp = (await explain(id)).find(({ channel }) => channel === "inApp");
  expect((await key("POST", `/admin/deliveries/${inApp?.id}/resend`)).status).toBe(409);
});

test("of what went into a digest the explanation says what became of that, which can be sent again, too", async () => {
  const choose = (body: object) => tenant.as("dora")("PUT", "/preferences", body);
  await choose({ pause: "day" });
  const ids: string[] = [];
  for (const subject of ["One", "Two"]) ids.push(await send({ userId: "dora", email: "dora@example.com", subject }));
  for (const id of ids) await settles(id, "held");
  unwilling = true;
  await choose({ pause: "none" });
  const digestOf = async () => (await explain(ids[0] ?? "", tenant.as("dora"))).find(({ kind }) => kind === "digest");
  await expect.poll(digestOf).toMatchObject({
    status: "failed",
    address: "dora@example.com",
    tries: [{ outcome: "permanent", words: expect.stringContaining("not today") }],
  });
  const [digest, item] = [await digestOf(), await mailOf(ids[1] ?? "")];
  expect(item).toMatchObject({ status: "folded", digestId: digest?.digestId });
  const { body } = await key("GET", `/admin/deliveries?digestId=${digest?.digestId}`);
  expect(body).toMatchObject({ totalCount: 3 });
  unwilling = false;
  expect((await key("POST", `/admin/deliveries/${digest?.id}/resend`)).status).toBe(200);
  await expect.poll(digestOf).toMatchObject({ status: "sent" });
});

test("a test mail goes the same way", async () => {
  const { body } = await key<{ deliveryId: string }>("POST", "/admin/mail/test", { to: "me@example.com" });
  const status = async () => (await key("GET", `/admin/deliveries/${body.deliveryId}`)).body.status;
  await expect.poll(status).toBe("sent");
  expect(server.mails.at(-1)?.to).toBe("me@example.com");
});

test("the decisions about everything that was sent add up to its audience, in each channel", async () => {
  await key("POST", "/admin/suppressions", { address: "Never@example.com" });
  const since = new Date().toISOString();
  const audience = [
    { userId: "a", email: "a@example.com" },
    { userId: "b" },
    { userId: "c", email: "never@example.com" },
    { userId: "d", email: "d@example.com" },
  ];
  for (const one of audience) await send(one);
  const summary = async () => (await key("GET", `/admin/deliveries/summary?since=${since}`)).body;
  await expect.poll(summary).toEqual({
    inApp: { total: 4, statuses: { sent: 4 } },
    email: { total: 4, statuses: { sent: 2, not_asked: 1, suppressed: 1 } },
  });
  const { body } = await key<{ totalCount: number; data: { userId: string }[] }>(
    "GET",
    `/admin/deliveries?since=${since}&status=suppressed`,
  );
  expect(body).toMatchObject({ totalCount: 1, data: [{ userId: "c" }] });
});

test("the decisions about a send to many add up to its audience, whoever is among it", async () => {
  await key("PUT", "/admin/categories/Timetable", { title: "Timetable", channels: ["inApp", "email"] });
  for (const id of ["b-one", "b-two", "b-off", "b-never"])
    await key("PUT", `/Users/${id}`, { email: `${id}@example.com` });
  await key("PUT", "/Users/b-nowhere", { displayName: "Has no address" });
  await key("POST", "/admin/suppressions", { address: "b-never@example.com" });
  await tenant.as("b-off")("PUT", "/preferences", { categories: [{ type: "Timetable", email: "off" }] });
  await tenant.as("b-two")("PUT", "/preferences", { categories: [{ type: "Timetable", inApp: "off" }] });
  const userIds = ["b-one", "b-two", "b-one", "b-off", "b-never", "b-nowhere"];
  const content = { type: "Timetable", subject: "New times", message: "From Monday on" };
  const { body } = await key<{ id: string; total: number }>("POST", "/Notifications/bulk", { ...content, userIds });
  expect(body.total).toBe(5); // one was named twice
  const summary = async () => (await key("GET", `/admin/deliveries/summary?batchId=${body.id}`)).body;
  await expect.poll(summary).toEqual({
    inApp: { total: 5, statuses: { sent: 4, preference: 1 } },
    email: { total: 5, statuses: { sent: 2, preference: 1, suppressed: 1, no_address: 1 } },
  });
  const mailed = server.mails.map(({ to }) => to).filter((to) => to.startsWith("b-"));
  expect(mailed.toSorted()).toEqual(["b-one@example.com", "b-two@example.com"]);
});

test("a login is made with the stored password; a wrong one is told in the server's words and shown nowhere", async () => {
  const logged: string[] = [];
  const right = "correct horse battery";
  const wrong = "hunter2-hunter2";
  const guarded = await startMailServer(
    {},
    {
      onAuth: ({ method, username, password }, _session, answer) => {
        logged.push(`${method} ${username}`);
        if (username === "acme" && password === right) answer(null, { user: username });
        else answer(smtpError(535, "5.7.8 Authentication credentials invalid, says Acme Mail"));
      },
      authOptional: false,
      allowInsecureAuth: true,
    },
  );
  const other = await stack.tenant("login");
  const settings = { host: "127.0.0.1", port: guarded.port, security: "none", fromAddress: "a@login.example" };
  const patch = (changes: object) => other.key()("PATCH", "/admin/mail/settings", changes);
  const shown = async () => (await other.key()("GET", "/admin/mail/settings")).body;
  const answers: unknown[] = [await patch({ ...settings, username: "acme", password: wrong })];
  const { body } = await other.key()<{ deliveryId: string }>("POST", "/admin/mail/test", { to: "me@example.com" });
  const delivery = async () => (await other.key()("GET", `/admin/deliveries/${body.deliveryId}`)).body;
  const said = expect.stringContaining("credentials invalid, says Acme Mail");
  await expect.poll(shown).toMatchObject({ lastError: said, failures: expect.any(Number) });
  await expect.poll(delivery).toMatchObject({ status: "queued", tries: [{ words: said }] });
  expect(guarded.mails).toHaveLength(0);
  answers.push(await shown(), await delivery(), await patch({ password: right }), await shown());
  await owner.query("update deliveries set due_at = now() where id = $1", [body.deliveryId]);
  await owner.query(`select graphile_worker.add_job('mail', '{"tenantId": "login"}')`);
  await expect.poll(delivery).toMatchObject({ status: "sent" });
  expect(guarded.mails).toHaveLength(1);
  expect(new Set(logged)).toEqual(new Set(["PLAIN acme"]));
  const stored = [
    (await owner.query("select * from mail_settings where tenant_id = 'login'")).rows,
    (await owner.query("select * from mail_health where tenant_id = 'login'")).rows,
    (await owner.query("select * from audit_entries where tenant_id = 'login'")).rows,
  ];
  const told = JSON.stringify([answers, await shown(), await delivery(), stored]);
  for (const secret of [right, wrong]) expect(told.includes(secret)).toBe(false);
  await guarded.close();
});

test("mails from before a restore wait until an operator lets them go", async () => {
  await worker.close();
  const id = await send({ userId: "ada", email: "late@example.com" });
  await owner.query("update tenant_log set epoch = epoch + 1 where tenant_id = 'acme'");
  worker = await startMailWorker(configFor(stack.database), { look: 100, mail: { patience: untilTold } });
  await settles(id, "waiting");
  expect((await key("POST", "/admin/deliveries/release", { action: "send" })).body).toEqual({ count: 1 });
  await settles(id, "sent");
});

test("a job that cannot be done ends in the list of dead jobs with its error, stops nobody else, and can be tried again", async () => {
  const dead = async () =>
    (await key<{ data: { id: string; task: string; error: string; diedAt: string }[] }>("GET", "/admin/jobs/dead")).body
      .data;
  const jobs = async () =>
    (await owner.query("select from graphile_worker._private_jobs where run_at < now() + interval '1 hour'")).rowCount;
  await expect.poll(jobs).toBe(0);
  const asked = (await owner.query<{ now: Date }>("select now()")).rows[0]?.now.getTime() ?? 0;
  // Of a task that is none, asked for a day ago, and tried often since: it died when it failed for the last time.
  await owner.query(
    `begin; select graphile_worker.add_job('task', '{"tenantId": "acme", "taskId": "broken"}', job_key => 'poison', max_attempts => 12);
     update graphile_worker._private_jobs set attempts = 11, created_at = now() - interval '1 day', updated_at = now() - interval '1 day'
       where key = 'poison'; commit`,
  );
  await expect.poll(async () => (await dead()).length).toBe(1);
  const [job] = await dead();
  expect(job).toMatchObject({ task: "task", attempts: 12, error: expect.stringMatching(/\w/) });
  const diedAt = Date.parse(job?.diedAt ?? "");
  expect([diedAt >= asked, diedAt < asked + 60_000]).toEqual([true, true]);
  const other = await stack.tenant("globex");
  const { body } = await other.key()<{ id: string }>("POST", "/Notifications", {
    userId: "x",
    subject: "s",
    message: "m",
    email: "x@example.com",
  });
  const caught = async () => (await explain(body.id, other.key())).find(({ channel }) => channel === "email")?.status;
  await expect.poll(caught).toBe("caught");
  expect((await other.key()("POST", `/admin/jobs/dead/${job?.id}/retry`)).status).toBe(404);
  await owner.query("update graphile_worker._private_jobs set payload = $1 where key = 'poison'", [
    { tenantId: "acme", taskId: "00000000-0000-0000-0000-000000000000" },
  ]);
  expect((await key("POST", `/admin/jobs/dead/${job?.id}/retry`)).status).toBe(200);
  await expect.poll(dead).toEqual([]);
  await expect.poll(jobs).toBe(0);
});
