import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimMail, finishMail } from "../../jobs/mail/mail-store.ts";
import { rewriteDigest } from "../../jobs/mail/rewrite-digest.ts";
import { Planner } from "../../log/planner.ts";
import { minutes, openAway } from "../../testing/away.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { planDeliveries } from "../deliveries/plan-deliveries.ts";
import { runDigests } from "../digests/run-digests.ts";
import { rewordNotices } from "./reword-notices.ts";
import { sweepChat } from "./sweep-chat.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: Client;
let away: ReturnType<typeof openAway>;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  away = openAway({ stack, tenant, owner });
  await tenant.key()("PUT", "/Users/ben", { displayName: "BEN" });
});
afterAll(async () => {
  const faults = await away.close();
  await owner.end();
  await stack.close();
  expect(faults).toEqual([]);
});

interface Event {
  type: string;
  message: string;
}

let people = 0;

/** What Ben said is told to somebody new, who is away; how it is edited then. */
async function tell(texts: string[], preferences?: object) {
  const userId = `user${people++}`;
  await tenant.key()("PUT", `/Users/${userId}`, { email: `${userId}@example.com` });
  if (preferences) await tenant.as(userId)("PUT", "/preferences", preferences);
  const chat = await away.chatOf(userId, "ben");
  const said: { id: string; seq: number }[] = [];
  for (const text of texts) said.push(await chat.say("ben", text));
  await away.pass(minutes(16));
  const edit = (index: number, content: string, metadata = {}) =>
    tenant.as("ben")("PATCH", `/Chat/${chat.chatId}/messages/${said[index]?.id}`, { content, metadata });
  const remove = (index: number) => tenant.as("ben")("DELETE", `/Chat/${chat.chatId}/messages/${said[index]?.id}`);
  return {
    ...chat,
    userId,
    edit,
    remove,
    job: (index: number) => ({ tenantId: tenant.tenantId, chatId: chat.chatId, seq: said[index]?.seq ?? 0 }),
    told: () => chat.told(userId),
    toldTexts: async () => (await chat.told(userId)).map(({ message }) => message),
    mails: () => chat.mails(userId),
    mailedTexts: async () => (await chat.mails(userId)).map(({ mail }) => mail.messages.map(({ text }) => text)),
    unread: async () => (await tenant.as(userId)<{ inbox: object }>("GET", "/counters")).body.inbox,
    heard: async () =>
      (
        await owner.query<Event>(
          `select type, payload ->> 'message' as message from events
           where user_id = $1 and type like 'notification.%' order by position`,
          [userId],
        )
      ).rows,
    /** Of all mail only the person's is due. */
    nowDue: () =>
      owner.query(
        `update deliveries set due_at = now() + case user_id when $1 then interval '-1 hour' else interval '1 day' end where status = 'queued'`,
        [userId],
      ),
  };
}

test("an edit changes the words of the notice and of its mail where they are, and nobody is told again", async () => {
  const chat = await tell(["a secret", "hello"]);
  const [before, mailBefore, unread] = [await chat.told(), await chat.mails(), await chat.unread()];
  await chat.edit(0, "nothing");
  await away.pass(minutes(17));
  const [told] = await chat.told();
  expect(told).toEqual({
    ...before[0],
    message: "BEN: nothing\nBEN: hello",
    metadata: { ...before[0]?.metadata, messages: [expect.objectContaining({ text: "nothing" }), expect.anything()] },
  });
  const [mail] = await chat.mails();
  const [first, second] = mailBefore[0]?.mail.messages ?? [];
  expect(mail).toEqual({
    ...mailBefore[0],
    mail: { ...mailBefore[0]?.mail, messages: [{ ...first, text: "nothing" }, second] },
  });
  expect(await chat.unread()).toEqual(unread);
  expect(await chat.heard()).toEqual([
    { type: "notification.created", message: "BEN: a secret\nBEN: hello" },
    { type: "notification.updated", message: "BEN: nothing\nBEN: hello" },
  ]);
  expect(await away.pass(minutes(500))).toBe(0);
});

test("an edit in quiet hours is in the mail at their end", async () => {
  const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const quietHours = { enabled: true, from: clock(-2), to: clock(2) };
  const chat = await tell(["a secret"], { timezone: "UTC", quietHours });
  await chat.edit(0, "nothing");
  await away.pass(minutes(17));
  expect(await chat.mails()).toMatchObject([{ status: "held", mail: { messages: [{ text: "nothing" }] } }]);
});

test("a digest that has not gone out says the new words", async () => {
  const { db } = stack.api.services;
  const chat = await tell(["a secret"], { digest: { every: "daily" } });
  expect(await chat.mails()).toMatchObject([{ status: "folded" }]);
  const future = minutes(2 * 24 * 60);
  await runDigests(db, tenant.tenantId, { now: future });
  const digest = async () =>
    (
      await owner.query<{ mail: string; due_at: Date }>(
        "select mail::text, due_at from deliveries where user_id = $1 and kind = 'digest'",
        [chat.userId],
      )
    ).rows[0];
  expect((await digest())?.mail).toContain("secret");
  await chat.edit(0, "nothing");
  await away.pass(minutes(17));
  expect((await digest())?.mail).not.toContain("secret");
  await chat.nowDue();
  const mail = await claimMail(stack.api.services.db.pool, tenant.tenantId);
  if (!mail) throw new Error("no mail is due");
  await rewriteDigest(db, tenant.tenantId, mail);
  expect(mail).toMatchObject({ userId: chat.userId, kind: "digest", mail: { items: [{ message: "BEN: nothing" }] } });
  expect((await digest())?.mail).toContain("nothing");
});

test("what was read or filed stays so in its new words, and a mail that has gone out is not sent again", async () => {
  const [read, filed] = [await tell(["one"]), await tell(["one"])];
  const [notice] = await read.told();
  await tenant.as(read.userId)("PUT", `/Notifications/${notice?.id}/read`);
  await tenant.as(filed.userId)("PUT", `/Notifications/${(await filed.told())[0]?.id}/archive`);
  for (const { userId, edit } of [read, filed]) {
    await owner.query("update deliveries set status = 'sent', due_at = null where user_id = $1 and channel = 'email'", [
      userId,
    ]);
    await edit(0, "two");
  }
  await away.pass(minutes(17));
  expect(await read.told()).toMatchObject([{ id: notice?.id, message: "BEN: two", isRead: true }]);
  expect(await filed.told()).toEqual([]);
  const { rows } = await owner.query("select message from notifications where user_id = $1", [filed.userId]);
  expect(rows).toEqual([{ message: "BEN: two" }]);
  expect(await away.pass(minutes(80))).toBe(0);
  // What an operator has sent again says the new words too.
  expect(await read.mails()).toMatchObject([{ status: "sent", mail: { messages: [{ text: "two" }] } }]);
});

test("a mail that is on its way goes as it was, once; one that its server does not take says the new words at the next try", async () => {
  const { pool } = stack.api.services.db;
  for (const status of ["sent", "queued"] as const) {
    const chat = await tell(["one"]);
    await chat.nowDue();
    await chat.edit(0, "two");
    let claimed: Awaited<ReturnType<typeof claimMail>>;
    // Between the look and the change, which is where a pump may come.
    const step = async () => {
      claimed = await claimMail(pool, tenant.tenantId);
    };
    await rewordNotices(stack.api.services.db, { ...chat.job(0), step });
    if (!claimed) throw new Error("no mail was due");
    expect(claimed).toMatchObject({ userId: chat.userId, mail: { messages: [{ text: "one" }] } });
    const end =
      status === "sent"
        ? ({ outcome: "sent", status } as const)
        : ({ outcome: "temporary", status, dueAt: new Date("2000-01-01") } as const);
    await finishMail(pool, tenant.tenantId, claimed, end);
    await away.pass(minutes(17));
    expect(await chat.toldTexts()).toEqual(["BEN: two"]);
    expect(await chat.mails()).toMatchObject([{ status }]);
    const again = await claimMail(pool, tenant.tenantId);
    if (status === "sent") expect(again).toBeUndefined();
    else expect(again).toMatchObject({ userId: chat.userId, mail: { messages: [{ text: "two" }] } });
    if (again) await finishMail(pool, tenant.tenantId, again, { outcome: "sent", status: "sent" });
  }
});

test("a mail that is decided at that moment is waited for, and says the new words", async () => {
  const { db } = stack.api.services;
  const chat = await tell([]);
  const { id, seq } = await chat.say("ben", "one");
  await away.plan();
  for (const { payload, task } of await away.takeJobs(minutes(16)))
    if (task === "away") await sweepChat(db, { ...payload, now: minutes(16) });
  await tenant.as("ben")("PATCH", `/Chat/${chat.chatId}/messages/${id}`, { content: "two" });
  let rewording: Promise<void> | undefined;
  const step = async (name: string) => {
    if (name !== "planner wrote effects" || rewording) return;
    rewording = rewordNotices(db, { tenantId: tenant.tenantId, chatId: chat.chatId, seq });
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000, interval: 20 }).toBe(1);
  };
  const faults: unknown[] = [];
  const onError = (error: unknown) => faults.push(error);
  await new Planner({ db, consumers: [planDeliveries], onError, step }).plan(tenant.tenantId);
  await rewording;
  expect(faults).toEqual([]);
  expect(await chat.toldTexts()).toEqual(["BEN: two"]);
  expect(await chat.mailedTexts()).toEqual([["two"]]);
});

test("many edits of a message are one job, which says the last", async () => {
  const chat = await tell(["one", "two"]);
  for (let n = 1; n <= 20; n++) await chat.edit(0, `${n}`);
  await away.plan();
  await chat.edit(0, "the last");
  expect(await away.pass(minutes(16))).toBe(1);
  expect(await chat.toldTexts()).toEqual(["BEN: the last\nBEN: two"]);
  expect((await chat.heard()).map(({ type }) => type)).toEqual(["notification.created", "notification.updated"]);
});

test("an edit of what is quoted nowhere, or of no words, keeps nobody waiting for the head", async () => {
  const quoted = await tell(["one", "two", "three", "four", "five", "six"]);
  const untold = await tell([]);
  const { id, seq } = await untold.say("ben", "one");
  await quoted.edit(0, "nothing");
  await quoted.edit(1, "two", { seen: true });
  await tenant.as("ben")("PATCH", `/Chat/${untold.chatId}/messages/${id}`, { content: "two" });
  const before = await quoted.told();
  await owner.query("begin");
  await owner.query("select from tenant_log where tenant_id = $1 for update", [tenant.tenantId]);
  try {
    const ofUntold = { tenantId: tenant.tenantId, chatId: untold.chatId, seq };
    for (const job of [quoted.job(0), quoted.job(1), ofUntold]) await rewordNotices(stack.api.services.db, job);
  } finally {
    await owner.query("rollback");
  }
  expect(await quoted.told()).toEqual(before);
});

test("of a message that was deleted beside the edited one nothing is told, whichever is done first", async () => {
  const chat = await tell(["one", "two"]);
  await chat.edit(0, "nothing");
  await chat.remove(1);
  await rewordNotices(stack.api.services.db, chat.job(0));
  expect(await chat.toldTexts()).toEqual(["BEN: one\nBEN: two"]);
  await away.pass(minutes(17));
  expect(await chat.told()).toEqual([]);
  await away.pass(minutes(80));
  expect(await chat.toldTexts()).toEqual(["BEN: nothing"]);
});

test("who is no longer in the chat is told nothing that is written after that, whichever is done first", async () => {
  const chat = await tell(["one"]);
  const left = await tenant.as(chat.userId)("DELETE", `/Chat/${chat.chatId}/members/${chat.userId}`);
  expect(left.status).toBeLessThan(300);
  await chat.edit(0, "two");
  await rewordNotices(stack.api.services.db, chat.job(0));
  expect(await chat.mailedTexts()).toEqual([["one"]]);
  await away.pass(minutes(17));
  expect(await chat.told()).toEqual([]);
  expect((await chat.heard()).map(({ type }) => type)).toEqual(["notification.created", "notification.deleted"]);
});

test("everybody who was told in a chat of hundreds is told the new words", async () => {
  const many = Array.from({ length: 230 }, (_, n) => `m${String(n).padStart(3, "0")}`);
  const chat = await away.chatOf("ben", ...many);
  const { id } = await chat.say("ben", "one");
  await away.pass(minutes(16));
  await tenant.as("ben")("PATCH", `/Chat/${chat.chatId}/messages/${id}`, { content: "two" });
  await away.pass(minutes(17));
  const { rows } = await owner.query(
    "select message, count(*)::int as n from notifications where chat_id = $1 group by 1",
    [chat.chatId],
  );
  expect(rows).toEqual([{ message: "BEN: two", n: many.length }]);
});
