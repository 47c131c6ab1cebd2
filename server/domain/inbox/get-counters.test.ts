import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runBatch } from "../batches/run-batch.ts";
import { settleDue } from "../notifications/settle-due.ts";

// Whatever is done in whatever order, by two tabs at once, the counters are what anybody would count.

let clock = Date.parse("2026-11-26T08:00:00Z");
let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let owner: Client;
let runs = 0;

beforeAll(async () => {
  stack = await startStack({}, () => clock);
  tenant = await stack.tenant("acme");
  key = tenant.key();
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const weights = {
  ...{
    notify: 5,
    schedule: 1,
    expiring: 2,
    read: 3,
    unread: 2,
    seen: 2,
    archive: 2,
    unarchive: 1,
    snooze: 2,
    remove: 2,
  },
  ...{
    readAll: 1,
    seeAll: 1,
    pass: 3,
    settle: 1,
    bulkRead: 1,
    bulkUnread: 1,
    bulkArchive: 1,
    bulkRemove: 1,
    filed: 1,
    batch: 2,
    say: 4,
    mention: 3,
    unsay: 2,
    readChat: 2,
    unreadChat: 2,
    leave: 1,
    join: 2,
    mute: 2,
    muteAwhile: 2,
  },
};
type Action = keyof typeof weights;
const action = fc.oneof(
  ...Object.entries(weights).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Action) })),
);
const mutes = ["all", "except-mentions", "none"] as const;
/** A few things that two tabs do at once. */
const step = fc.array(fc.record({ action, n: fc.nat(9) }), { minLength: 1, maxLength: 3 });

class World {
  readonly me = `ada-${++runs}`;
  private readonly tabs = [tenant.as(this.me), tenant.as(this.me)] as const;
  private readonly ben = tenant.as("ben");
  private readonly notifications: string[] = [];
  private readonly messages: string[] = [];
  private chatId = "";

  async begin(): Promise<this> {
    // What is told under this type goes to the archive, unseen.
    await this.tabs[0]("PUT", `/Users/${this.me}/preferences`, { categories: [{ type: "Gossip", inApp: "off" }] });
    this.chatId = (await this.ben<{ id: string }>("POST", "/Chat", { memberUserIds: [this.me] })).body.id;
    return this;
  }

  async do({ action, n }: { action: Action; n: number }, tab: number): Promise<void> {
    const me = this.tabs[tab % 2 === 0 ? 0 : 1];
    const at = (minutes: number) => new Date(clock + minutes * 60_000).toISOString();
    const one = `/Notifications/${this.notifications.at(-1 - n) ?? "none"}`;
    const chat = `/Chat/${this.chatId}`;
    const some = { notificationIds: this.notifications.slice(-1 - n) };
    const say = async (by: Caller, body: object) =>
      this.messages.push((await by<{ id: string }>("POST", `${chat}/messages`, { content: "x", ...body })).body.id);
    const acts: Record<Action, () => Promise<unknown>> = {
      notify: () => this.notify({}),
      schedule: () => this.notify({ scheduledFor: at(n) }),
      expiring: () => this.notify({ expiresAt: at(n + 1) }),
      read: () => me("PUT", `${one}/read`),
      unread: () => me("PUT", `${one}/read?read=false`),
      seen: () => me("PUT", `${one}/seen`),
      archive: () => me("PUT", `${one}/archive`),
      unarchive: () => me("PUT", `${one}/archive?archived=false`),
      snooze: () => me("PUT", `${one}/snooze`, { until: at(n + 1) }),
      remove: () => me("DELETE", one),
      readAll: () => me("PUT", "/Notifications/read-all"),
      seeAll: () => me("PUT", "/Notifications/seen-all"),
      bulkRead: () => me("PUT", "/Notifications/bulk/read", some),
      bulkUnread: () => me("PUT", "/Notifications/bulk/read", { ...some, read: false }),
      bulkArchive: () => me("PUT", "/Notifications/bulk/archive", some),
      bulkRemove: () => me("DELETE", "/Notifications/bulk", some),
      filed: () => this.notify({ type: "Gossip" }),
      batch: () => this.sendBatch(n < 5 ? {} : n < 8 ? { expiresAt: at(n - 4) } : { type: "Gossip" }),
      pass: async () => {
        clock += n * 60_000;
      },
      settle: () => settleDue(stack.api.services.db, tenant.tenantId, clock),
      say: () => say(n < 7 ? this.ben : me, {}),
      mention: () => say(this.ben, { mentionUserIds: n < 7 ? [this.me] : ["cleo"] }),
      unsay: () => tenant.as("root", ["Admin"])("DELETE", `${chat}/messages/${this.messages.at(-1 - n) ?? "none"}`),
      readChat: () => me("PUT", `${chat}/read`, { seq: Math.max(this.messages.length - n, 0) }),
      unreadChat: () => me("PUT", `${chat}/read`, { seq: n, unread: true }),
      leave: () => me("DELETE", `${chat}/members/${this.me}`),
      join: () => this.ben("POST", `${chat}/members`, { userId: this.me }),
      mute: () => me("PUT", `${chat}/notifications`, { mute: mutes[n % 3] }),
      muteAwhile: () => me("PUT", `${chat}/notifications`, { mute: mutes[n % 3], until: at(n) }),
    };
    await acts[action]();
  }

  private async notify(body: object): Promise<void> {
    const said = { userId: this.me, subject: "s", message: "m", ...body };
    this.notifications.push((await key<{ id: string }>("POST", "/Notifications", said)).body.id);
  }

  /** To more than this one; whether the call's own first step or this does it is left open. */
  private async sendBatch(body: object): Promise<void> {
    const said = { userIds: [this.me, "ben"], subject: "s", message: "m", ...body };
    const { id } = (await key<{ id?: string }>("POST", "/Notifications/bulk", said)).body;
    if (id === undefined) return; // its time was over when it was asked for: the other tab has moved the clock
    const status = async () =>
      (await owner.query("select status from notification_batches where id = $1", [id])).rows[0]?.status;
    while ((await status()) !== "done") await runBatch(stack.api.services.db, tenant.tenantId, id, clock);
    const { rows } = await owner.query("select id from notifications where batch_id = $1 and user_id = $2", [
      id,
      this.me,
    ]);
    this.notifications.push(...rows.map((row) => row.id));
  }

  async check(): Promise<void> {
    const [told, counted] = await Promise.all([this.tabs[0]("GET", "/counters"), this.recount()]);
    expect(told.body).toEqual(counted);
    const { body: listed } = await this.tabs[1]<{ totalCount: number }>("GET", "/Notifications?unreadOnly=true");
    expect(listed.totalCount).toBe(counted.inbox.unread);
  }

  /** Row by row, in JavaScript. */
  private async recount() {
    const { rows: notifications } = await owner.query("select * from notifications where user_id = $1", [this.me]);
    const inbox = notifications.filter(
      (n) =>
        n.status === "visible" &&
        !n.archived_at &&
        !(n.expires_at && +n.expires_at <= clock) &&
        !(n.snoozed_until && +n.snoozed_until > clock),
    );
    const unread = inbox.filter((n) => !n.read_at);
    const { rows: messages } = await owner.query(
      "select g.*, m.last_read_seq, m.notify_mute, m.notify_until from messages g join members m using (tenant_id, chat_id) where m.user_id = $1",
      [this.me],
    );
    const news = messages.filter(
      (g) => Number(g.seq) > Number(g.last_read_seq) && !g.deleted_at && g.sender_id !== this.me,
    );
    const isMention = (g: { mention_user_ids: string[] }) => g.mention_user_ids.includes(this.me);
    const muted = news.filter((g) => {
      if (g.notify_until && +g.notify_until <= clock) return false;
      return g.notify_mute === "all" || (g.notify_mute === "except-mentions" && !isMention(g));
    });
    return {
      chats: {
        unread: new Set(news.map((g) => g.chat_id)).size,
        unreadMessages: news.length,
        mutedMessages: muted.length,
      },
      mentions: { unread: news.filter(isMention).length },
      inbox: { unread: unread.length, unseen: unread.filter((n) => !n.seen_at).length },
    };
  }
}

test("the counters equal a recount after any sequence of what two tabs do", async () => {
  const steps = fc.array(step, { minLength: 8, maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const world = await new World().begin();
      for (const together of sequence) {
        await Promise.all(together.map((one, tab) => world.do(one, tab)));
        await world.check();
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);

test("stop at 100 a chat, as the list of chats does", async () => {
  const ben = tenant.as("ben");
  const { id } = (await ben<{ id: string }>("POST", "/Chat", { memberUserIds: ["zoe"] })).body;
  for (let i = 0; i < 11; i++)
    await Promise.all(
      Array.from({ length: 10 }, () => ben("POST", `/Chat/${id}/messages`, { content: "x", mentionUserIds: ["zoe"] })),
    );
  expect((await tenant.as("zoe")("GET", "/counters")).body).toMatchObject({
    chats: { unread: 1, unreadMessages: 100 },
    mentions: { unread: 100 },
  });
  expect((await key("GET", "/counters")).status).toBe(403);
});
