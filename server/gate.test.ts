import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

test("who has given up before the turn comes gets none, and holds up nobody", async () => {
  const gate = new Gate(1);
  const leave = await gate.enter();
  const early = gate.enter(AbortSignal.abort("early"));
  const giving = new AbortController();
  const later = gate.enter(giving.signal);
  giving.abort("later");
  const next = gate.enter();
  leave();
  expect(await Promise.allSettled([early, later, next])).toEqual([
    { status: "rejected", reason: "early" },
    { status: "rejected", reason: "later" },
    { status: "fulfilled", value: expect.any(Function) },
  ]);
});
