import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TenantId } from "../../auth/principal.ts";
import type { BusMessage } from "./bus.ts";
import { Inbox, Outbox } from "./outbox.ts";

const wake = (tenantId: string): BusMessage => ({ kind: "wake", tenantId: tenantId as TenantId });

/** An outbox whose first payload is on its way until `go`. */
function heldOutbox() {
  const sent: BusMessage[] = [];
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const inbox = new Inbox("node-2");
  const outbox = new Outbox("node-1", async (payload) => {
    await gate;
    sent.push(...inbox.read(payload));
  });
  return { outbox, sent, go };
}

test("wake-ups of a tenant are one while they wait", async () => {
  const { outbox, sent, go } = heldOutbox();
  for (const tenantId of ["a", "b", "a", "a"]) outbox.push(wake(tenantId));
  go();
  await turn();
  await turn();
  expect(sent).toEqual([wake("a"), wake("b")]);
});

test("a wake-up that was dropped for room does not keep later ones back", async () => {
  const { outbox, sent, go } = heldOutbox();
  outbox.push({ kind: "hello", nodeId: "node-1" });
  await turn();
  outbox.push(wake("a"));
  for (let i = 0; i < 10_000; i++) outbox.push({ kind: "recheck", tenantId: "b" as TenantId });
  go();
  while (sent.length < 10_001) await turn();
  expect(sent).not.toContainEqual(wake("a"));
  outbox.push(wake("a"));
  await turn();
  await turn();
  expect(sent).toContainEqual(wake("a"));
});

const told = (userId: string): BusMessage => ({ kind: "presence", tenantId: "a" as TenantId, userIds: [userId] });

/** The payloads that messages make. */
async function payloadsOf(messages: BusMessage[]): Promise<string[]> {
  const payloads: string[] = [];
  const outbox = new Outbox("node-1", async (payload) => void payloads.push(payload));
  for (const message of messages) outbox.push(message);
  for (let i = 0; i < 200; i++) await turn();
  return payloads;
}

test("a payload is within what NOTIFY takes, and what fits none goes in parts, in its order", async () => {
  const some = ["0", "x".repeat(9000), 'é\u0000"'.repeat(20_000), "1".repeat(2000), "2".repeat(6000)].map(told);
  const payloads = await payloadsOf(some);
  const inbox = new Inbox("node-2");
  expect(payloads.flatMap((payload) => inbox.read(payload))).toEqual(some);
  expect(payloads.every((payload) => Buffer.byteLength(payload) < 8000)).toBe(true);
});

test("a message of which a part is lost is lost alone, and one too large for all parts is left out", async () => {
  const payloads = await payloadsOf([told("x".repeat(400_000)), told("y".repeat(20_000)), told("z".repeat(20_000))]);
  expect(payloads).toHaveLength(8);
  const inbox = new Inbox("node-2");
  for (const lost of [0, 1, 3]) {
    const read = payloads.filter((_, index) => index !== lost).flatMap((payload) => inbox.read(payload));
    expect(read).toEqual([told("z".repeat(20_000))]);
  }
});

test("messages that wait are bounded by what they weigh", async () => {
  const { outbox, sent, go } = heldOutbox();
  for (let i = 0; i < 100; i++) outbox.push(told(`${i}`.padEnd(320_000)));
  go();
  while (!sent.some((message) => message.kind === "presence" && message.userIds[0]?.startsWith("99 "))) await turn();
  expect(sent.length).toBeLessThan(56);
});
