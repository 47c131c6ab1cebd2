import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { minutes, openAway } from "../../testing/away.ts";
import { stockClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { sweepChat } from "./sweep-chat.ts";
import { withdrawNotices } from "./withdraw-notices.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: Client;
let away: ReturnType<typeof openAway>;
let chatOf: (typeof away)["chatOf"];
let pass: (typeof away)["pass"];
const soon = { timeout: 20_000, interval: 50 };

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  away = openAway({ stack, tenant, owner });
  ({ chatOf, pass } = away);
  for (const id of ["ada", "ben", "eve"])
    await tenant.key()("PUT", `/Users/${id}`, { displayName: id.toUpperCase(), email: `${id}@example.com` });
});
afterAll(async () => {
  const faults = await away.close();
  await owner.end();
  await stack.close();
  expect(faults).toEqual([]);
});

describe("a member who is away", () => {
  test("is told once of all that is unread, in one notification and one mail", async () => {
    const chat = await chatOf("ada", "ben", "eve");
    for (const text of ["one", "two", "three"]) await chat.say("ben", text, text === "two" ? ["ada"] : []);
    await chat.read("eve", 3);
    expect(await pass(minutes(14))).toBe(0);
    expect(await pass(minutes(16))).toBe(1);
    const told = await chat.told("ada");
    expect(told).toMatchObject([
      {
        subject: "3 unread messages in Crew",
        message: "BEN: one\nBEN: two\nBEN: three",
        metadata: { fromSeq: 1, toSeq: 3, count: 3, mentioned: true },
      },
    ]);
    expect(await chat.mails("ada")).toMatchObject([
      {
        status: "queued",
        kind: "away",
        mail: { chatName: "Crew", count: 3, chat: { id: expect.any(String), seq: expect.any(Number) } },
      },
    ]);
    for (const userId of ["ben", "eve"]) expect(await chat.told(userId)).toEqual([]);
    expect(await pass(minutes(500))).toBe(0);
  });

  test("is told again at most once an hour, of what is new, in place of what was told before", async () => {
    const chat = await chatOf("ada", "ben");
    await chat.say("ben", "one");
    await pass(minutes(16));
    await chat.say("ben", "two");
    await pass(minutes(32));
    expect((await chat.told("ada")).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^1 unread message in Crew/),
    ]);
    await pass(minutes(77));
    expect((await chat.told("ada")).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^2 unread messages in Crew/),
    ]);
    // The first one's mail had not gone out: the second one's says it too.
    expect((await chat.mails("ada")).map(({ status }) => status)).toEqual(["duplicate", "queued"]);
    expect(await pass(minutes(500))).toBe(0);
  });

  test("is told of nothing that was read or deleted in time", async () => {
    const chat = await chatOf("ada", "ben", "eve");
    const message = await chat.say("ben", "one");
    await chat.read("ada", 1);
    await tenant.as("ben")("DELETE", `/Chat/${chat.chatId}/messages/${message.id}`);
    await pass(minutes(16));
    for (const userId of ["ada", "eve"]) expect(await chat.told(userId)).toEqual([]);
  });

  test("reads, and what was told is withdrawn with its mail", async () => {
    const chat = await chatOf("ada", "ben");
    for (const text of ["one", "two"]) await chat.say("ben", text);
    await pass(minutes(16));
    await chat.read("ada", 1);
    await pass(minutes(16));
    expect(await chat.told("ada")).toHaveLength(1);
    await chat.read("ada", 2);
    await pass(minutes(16));
    expect(await chat.told("ada")).toEqual([]);
    // Nor does its row keep what was written, and by whom.
    expect(await chat.mails("ada")).toEqual([
      { status: "cancelled", kind: "away", rule: "deleted", subject: "", mail: { chat: { id: chat.chatId, seq: 1 } } },
    ]);
  });

  test("answers, and what was told is withdrawn with its mail", async () => {
    const chat = await chatOf("ada", "ben");
    await chat.say("ben", "one");
    await pass(minutes(16));
    expect(await chat.told("ada")).toHaveLength(1);
    await chat.say("ada", "an answer");
    await pass(minutes(16));
    expect(await chat.told("ada")).toEqual([]);
    expect(await chat.mails("ada")).toMatchObject([{ status: "cancelled" }]);
  });

  test("in quiet hours gets the mail at their end, and none when it was read until then", async () => {
    const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    await tenant.key()("PUT", "/Users/quin", { email: "quin@example.com" });
    const quietHours = { enabled: true, from: clock(-2), to: clock(2) };
    await tenant.as("quin")("PUT", "/preferences", { timezone: "UTC", quietHours });
    const chat = await chatOf("quin", "ben");
    await chat.say("ben", "one");
    await pass(minutes(16));
    expect(await chat.told("quin")).toHaveLength(1);
    expect(await chat.mails("quin")).toMatchObject([{ status: "held", rule: "quiet_hours", kind: "away" }]);
    await chat.read("quin", 1);
    await pass(minutes(16));
    expect(await chat.told("quin")).toEqual([]);
    expect(await chat.mails("quin")).toMatchObject([{ status: "cancelled" }]);
  });

  test("is told afresh without a mail by now, and the mail before is no duplicate of one", async () => {
    const chat = await chatOf("ben", "uma");
    await tenant.key()("PUT", "/Users/uma", { email: "uma@example.com" });
    await chat.say("ben", "one");
    await pass(minutes(16));
    await tenant.as("uma")("PUT", "/preferences", { categories: [{ type: "ChatUnread", email: "off" }] });
    await chat.say("ben", "two");
    await pass(minutes(77));
    expect((await chat.mails("uma")).map(({ status }) => status)).toEqual(["cancelled", "preference"]);
  });

  test("does not keep a quote of a message that was deleted, and is told of the others", async () => {
    const chat = await chatOf("ada", "ben");
    const secret = await chat.say("ben", "a secret");
    await chat.say("ben", "hello");
    await pass(minutes(16));
    await tenant.as("ben")("DELETE", `/Chat/${chat.chatId}/messages/${secret.id}`);
    await pass(minutes(17));
    expect(await chat.told("ada")).toEqual([]);
    await pass(minutes(80));
    expect((await chat.told("ada")).map(({ message }) => message)).toEqual(["BEN: hello"]);
  });

  test("was not told of a message that is deleted: nobody waits for that to be found out", async () => {
    const chat = await chatOf("ada", "ben");
    const { seq } = await chat.say("ben", "one");
    await owner.query("begin");
    await owner.query("select from tenant_log where tenant_id = $1 for update", [tenant.tenantId]);
    try {
      const deletion = { tenantId: tenant.tenantId, chatId: chat.chatId, deletedSeq: seq, now: new Date() };
      await withdrawNotices(stack.api.services.db, deletion);
    } finally {
      await owner.query("rollback");
    }
  });

  test("leaves the chat, and what was told goes too", async () => {
    const chat = await chatOf("ada", "ben");
    await chat.say("ben", "one");
    await pass(minutes(16));
    await tenant.as("ben")("DELETE", `/Chat/${chat.chatId}/members/ada`);
    await pass(minutes(16));
    expect(await chat.told("ada")).toEqual([]);
  });
});

describe("who is not told", () => {
  test("a member who is connected, until the connection is gone", { timeout: 100_000 }, async () => {
    const chat = await chatOf("ada", "ben");
    await chat.say("ben", "one");
    // Over a stock client's socket, which is the only thing that makes somebody connected.
    const hub = stockClient(`${tenant.url}/hub`, { token: () => tenant.token("ada") });
    const here = async () => (await owner.query("select from presences where user_id = 'ada'")).rowCount;
    await hub.start();
    await expect.poll(here, soon).toBe(1);
    await pass(minutes(16));
    expect(await chat.told("ada")).toEqual([]);
    expect(await chat.mails("ada")).toEqual([]);
    await hub.stop();
    expect(await here()).toBe(1); // whoever is back within moments was not away
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 20_000 });
    // The node looks every fifteen seconds, by the real clock.
    await expect
      .poll(here, { timeout: 60_000 })
      .toBe(0)
      .finally(() => vi.useRealTimers());
    await pass(minutes(32));
    expect(await chat.told("ada")).toHaveLength(1);
    expect(await chat.mails("ada")).toMatchObject([{ status: "queued", kind: "away" }]);
  });

  test("who muted the chat; of mentions only who wants those; and the reason is written down", async () => {
    const chat = await chatOf("ada", "ben", "eve", "zoe");
    const mute = (userId: string, how: string) =>
      tenant.as(userId)("PUT", `/Chat/${chat.chatId}/notifications`, { mute: how });
    await mute("ada", "all");
    await mute("eve", "except-mentions");
    await mute("zoe", "except-mentions");
    await chat.say("ben", "one", ["ada", "eve"]);
    await pass(minutes(16));
    expect(await chat.told("ada")).toEqual([]);
    expect(await chat.told("zoe")).toEqual([]);
    expect(await chat.told("eve")).toHaveLength(1);
    expect(await chat.mails("ada")).toMatchObject([{ status: "muted", kind: "away" }]);
    const { rows } = await owner.query<{ channel: string; status: string }>(
      "select channel, status from deliveries where user_id = 'ada' and cause like 'away:' || $1 || ':%' order by 1",
      [chat.chatId],
    );
    expect(rows).toEqual(["email", "inApp"].map((channel) => ({ channel, status: "muted" })));
    expect(await chat.mails("eve")).toMatchObject([{ status: "queued" }]);
  });

  test("by the channel that somebody does not want", async () => {
    const chat = await chatOf("ada", "max", "kim");
    await tenant.as("max")("PUT", "/preferences", { categories: [{ type: "ChatUnread", email: "off" }] });
    await tenant.as("kim")("PUT", "/preferences", { categories: [{ type: "ChatUnread", inApp: "off" }] });
    await tenant.key()("PUT", "/Users/kim", { email: "kim@example.com" });
    await chat.say("ada", "one");
    await pass(minutes(16));
    expect(await chat.told("max")).toHaveLength(1);
    expect(await chat.mails("max")).toMatchObject([{ status: "preference" }]);
    expect(await chat.told("kim")).toEqual([]);
    expect(await chat.mails("kim")).toMatchObject([{ status: "queued" }]);
  });

  test("anybody, where the tenant does not want it; later where it wants it later", async () => {
    const set = (away: object) => tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { away } } });
    const chat = await chatOf("ada", "ben");
    await set({ enabled: false });
    await chat.say("ben", "one");
    expect(await pass(minutes(100))).toBe(0);
    await set({ enabled: true, minutes: 120 });
    await chat.say("ben", "two");
    expect(await pass(minutes(119))).toBe(0);
    await pass(minutes(121));
    expect(await chat.told("ada")).toHaveLength(1);
    await set({ minutes: 15 });
  });
});

test("a chat in which somebody says something all the time is looked through once a minute", async () => {
  const chat = await chatOf("ada", "ben");
  for (const text of ["one", "two", "three"]) await chat.say("ben", text);
  await away.plan();
  const ofChat = async () =>
    (await away.takeJobs(minutes(30))).flatMap(({ payload, runAt }) => (payload.chatId === chat.chatId ? runAt : []));
  const [now = new Date()] = await ofChat();
  await sweepChat(stack.api.services.db, { tenantId: tenant.tenantId, chatId: chat.chatId, now });
  expect(await chat.told("ada")).toHaveLength(1);
  expect(await ofChat()).toEqual([new Date(now.getTime() + 60_000)]);
});

test("a chat of hundreds is swept in steps, and a worker that dies at any of them loses and doubles nobody", async () => {
  const many = Array.from({ length: 300 }, (_, n) => `m${String(n).padStart(3, "0")}`);
  const chat = await chatOf("ada", ...many);
  await chat.say("ada", "to all");
  await away.plan();
  const [job] = await away.takeJobs(minutes(16));
  if (!job) throw new Error("no sweep was planned");
  const { db } = stack.api.services;
  let deaths = 0;
  let done = false;
  // It dies at its n-th moment, is run again, dies one later, …; two of them at once.
  for (let n = 1; !done; n++) {
    const run = async (patience: number) => {
      let moments = 0;
      const step = () => {
        if (++moments < patience) return;
        deaths++;
        throw new Error("the worker died");
      };
      await sweepChat(db, { ...job.payload, now: minutes(16), members: 50, step });
      done = true;
    };
    await Promise.all([run(n), run(n + 1)].map((attempt) => attempt.catch(() => undefined)));
  }
  expect(deaths).toBeGreaterThan(3);
  const { rows } = await owner.query<{ user_id: string }>(
    "select user_id from notifications where type = 'ChatUnread' and chat_id = $1 order by 1",
    [chat.chatId],
  );
  expect(rows.map((row) => row.user_id)).toEqual(many);
  // Each stands in its inbox where its event stands in the log.
  const { rows: places } = await owner.query(
    `select count(*)::int as n from notifications n join events e on e.tenant_id = n.tenant_id and e.position = n.position
     where n.chat_id = $1 and e.payload ->> 'id' = n.id::text`,
    [chat.chatId],
  );
  expect(places).toEqual([{ n: many.length }]);
  console.info(`a sweep of ${many.length} members died ${deaths} times`);
});
