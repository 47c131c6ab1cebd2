import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Api } from "../../api.ts";
import type { Subscription } from "../../realtime/subscription.ts";
import { eventually } from "../hub-client.ts";
import { RecordingSink } from "../recording-sink.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../stack.ts";
import { expectSoundLog, Owner } from "./owner.ts";

const movers = ["ann", "bob"];
const chats = 3;
/** For so long, in ms, and with so many changes. */
const atLeast = { ms: 8_000, changes: 200 };

let stack: Stack;
let owner: Owner;
let acme: TestTenant;
let nodes: Api[];

beforeAll(async () => {
  stack = await startStack();
  owner = await Owner.open(stack.database.ownerUrl);
  acme = await stack.tenant("acme");
  nodes = [stack.api, (await stack.another()).api];
});
afterAll(async () => {
  await owner.close();
  await stack.close();
});

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}

interface Attached {
  userId: string;
  /** Where it began: exactly for those that resumed, at the latest for those that did not. */
  after: number;
  exact: boolean;
  sink: RecordingSink;
  subscription: Subscription;
}

/** How far the test is. */
class Course {
  changes = 0;
  private readonly began = Date.now();

  goesOn(): boolean {
    return Date.now() - this.began < atLeast.ms || this.changes < atLeast.changes;
  }

  isNearEnd(): boolean {
    return Date.now() - this.began > atLeast.ms - 500 && this.changes > atLeast.changes - 10;
  }
}

/** Somebody who runs the chats: adds and removes people, writes, and now and then deletes a chat and makes another. */
async function runChats(caller: Caller, chatIds: string[], course: Course): Promise<void> {
  for (; course.goesOn(); course.changes++) {
    const at = Math.floor(Math.random() * chatIds.length);
    const path = `/Chat/${chatIds[at]}`;
    const userId = pick(movers);
    const chance = Math.random();
    if (chance < 0.3) await caller("POST", `${path}/members`, { userId });
    else if (chance < 0.6) await caller("DELETE", `${path}/members/${userId}`);
    else if (chance < 0.98) await caller("POST", `${path}/messages`, { content: "x" });
    else {
      await caller("DELETE", path);
      chatIds[at] = (await caller<{ id: string }>("POST", "/Chat", { memberUserIds: ["wil", userId] })).body.id;
    }
  }
}

/** Somebody who comes and goes on both nodes, from the present or from anywhere before. */
async function comeAndGo(userId: string, course: Course): Promise<Attached[]> {
  const all: Attached[] = [];
  while (course.goesOn()) {
    const { hub } = pick(nodes).realtime;
    const sink = new RecordingSink();
    const from = pick([undefined, 0, pick(all)?.sink.positions.at(-1)]);
    const subscription = await hub.subscribe({ tenantId: acme.tenantId, userId, after: from, sink });
    all.push({ userId, after: from ?? subscription.cursor, exact: from !== undefined, sink, subscription });
    await sleep(Math.random() * 40);
    // Mostly alone on its node: a user's second reader would find the index that the first one brought.
    if (!course.isNearEnd()) subscription.close();
  }
  return all;
}

test("people are added and removed while they connect: no reader ever sees more or less than the spans allow", async () => {
  const boss = acme.as("boss");
  const chatIds: string[] = [];
  for (let i = 0; i < chats; i++)
    chatIds.push((await boss<{ id: string }>("POST", "/Chat", { memberUserIds: ["wil"] })).body.id);
  const course = new Course();
  const [, , ...readers] = await Promise.all([
    runChats(boss, chatIds, course),
    runChats(acme.as("wil"), chatIds, course),
    ...[...movers, ...movers].map((userId) => comeAndGo(userId, course)),
  ]);
  const attached = readers.flat();
  const log = await expectSoundLog(owner, acme.tenantId);
  expect(attached.length).toBeGreaterThan(50);
  for (const userId of movers) {
    const visible = (await owner.visibleTo(acme.tenantId, userId, log)).map((row) => row.position);
    expect(visible.length).toBeGreaterThan(20);
    for (const one of attached.filter((each) => each.userId === userId)) await expectSpans(one, visible);
  }
}, 150_000);

/** What was delivered is the visible part of the log from where the reader began to where it stopped. */
async function expectSpans({ after, exact, sink, subscription }: Attached, visible: number[]): Promise<void> {
  const closed = (subscription as unknown as { closed: boolean }).closed;
  if (!closed) await eventually(() => expect(subscription.cursor).toBeGreaterThanOrEqual(visible.at(-1) ?? 0));
  const first = exact ? after : Math.min(after, (sink.positions[0] ?? Number.POSITIVE_INFINITY) - 1);
  const last = closed ? (sink.positions.at(-1) ?? 0) : Number.POSITIVE_INFINITY;
  expect(sink.positions).toEqual(visible.filter((position) => position > first && position <= last));
  subscription.close();
}
