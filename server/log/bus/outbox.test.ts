import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TenantId } from "../../auth/principal.ts";
import type { BusMessage } from "./bus.ts";
import { Outbox, readPayload } from "./outbox.ts";

const wake = (tenantId: string): BusMessage => ({ kind: "wake", tenantId: tenantId as TenantId });

/** An outbox whose first payload is on its way until `go`. */
function heldOutbox() {
  const sent: BusMessage[] = [];
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const outbox = new Outbox("node-1", async (payload) => {
    await gate;
    sent.push(...readPayload(payload, "node-2"));
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

test("a payload is within what NOTIFY takes, and what fits none is left out", async () => {
  const payloads: string[] = [];
  const outbox = new Outbox("node-1", async (payload) => void payloads.push(payload));
  const told = (userId: string): BusMessage => ({ kind: "presence", tenantId: "a" as TenantId, userIds: [userId] });
  const some = Array.from({ length: 10 }, (_, i) => told(`${i}`.repeat(2000)));
  for (const message of [told("x".repeat(9000)), ...some]) outbox.push(message);
  for (let i = 0; i < 20; i++) await turn();
  expect(payloads.flatMap((payload) => readPayload(payload, "node-2"))).toEqual(some);
  expect(payloads.every((payload) => Buffer.byteLength(payload) < 8000)).toBe(true);
});
