import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minutes, openAway } from "../../testing/away.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// Who is away, and chose how to be told: muted the chat but for mentions, or gets digests.

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
});
afterAll(async () => {
  const faults = await away.close();
  await owner.end();
  await stack.close();
  expect(faults).toEqual([]);
});

async function mutedBy(mute: string) {
  const chat = await away.chatOf("zoe", "ben");
  await tenant.as("zoe")("PUT", `/Chat/${chat.chatId}/notifications`, { mute });
  const decided = async () => (await chat.mails("zoe")).map(({ status }) => status);
  return { ...chat, decided };
}

test("is told of a mention, however much else was said after it", async () => {
  const chat = await mutedBy("except-mentions");
  await chat.say("ben", "for you", ["zoe"]);
  for (let n = 0; n < 101; n++) await chat.say("ben", `n ${n}`);
  await away.pass(minutes(16));
  expect(await chat.told("zoe")).toMatchObject([{ metadata: { mentioned: true, count: 100 } }]);
});

test("is told of a mention when its time has come, whatever was muted before it, and of the next when the pause is over", async () => {
  const chat = await mutedBy("except-mentions");
  await chat.say("ben", "one");
  await away.pass(minutes(16));
  await chat.say("ben", "two");
  await away.pass(minutes(33));
  expect(await chat.told("zoe")).toEqual([]);
  expect(await chat.decided()).toEqual(["muted"]); // what is muted anew within the pause is not noted again
  await chat.say("ben", "for you", ["zoe"]);
  await away.pass(minutes(50));
  expect(await chat.told("zoe")).toMatchObject([{ metadata: { mentioned: true, toSeq: 3 } }]);
  await chat.say("ben", "and this", ["zoe"]);
  await away.pass(minutes(67));
  expect(await chat.told("zoe")).toMatchObject([{ metadata: { toSeq: 3 } }]);
  await away.pass(minutes(111));
  expect(await chat.told("zoe")).toMatchObject([{ metadata: { toSeq: 4 } }]);
});

test("a mention in a chat that is muted altogether is noted once a pause", async () => {
  const chat = await mutedBy("all");
  await chat.say("ben", "one");
  await away.pass(minutes(16));
  await chat.say("ben", "for you", ["zoe"]);
  await away.pass(minutes(33));
  await chat.say("ben", "for you again", ["zoe"]);
  await away.pass(minutes(50));
  expect(await chat.told("zoe")).toEqual([]);
  expect(await chat.decided()).toEqual(["muted", "muted"]);
});

test("what another stands for before it went into a digest says so, and what was read until then was withdrawn", async () => {
  await tenant.key()("PUT", "/Users/zoe", { email: "zoe@example.com" });
  await tenant.as("zoe")("PUT", "/preferences", { digest: { every: "daily" } });
  const chat = await mutedBy("none");
  await chat.say("ben", "one");
  await away.pass(minutes(16));
  await chat.say("ben", "two");
  await away.pass(minutes(77));
  expect(await chat.decided()).toEqual(["duplicate", "folded"]);
  await chat.read("zoe", 2);
  await away.pass(minutes(78));
  expect(await chat.decided()).toEqual(["duplicate", "cancelled"]);
});
