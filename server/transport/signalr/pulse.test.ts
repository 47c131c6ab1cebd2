import { expect, test } from "vitest";
import { Pulse } from "./pulse.ts";

const second = 1000;

/** Sweeps once a second; `act` is what happens in the second before. */
function sweeps(pulse: Pulse, seconds: number, act: (at: number) => void = () => {}, busy = false): [number, string][] {
  const due: [number, string][] = [];
  for (let at = 1; at <= seconds; at++) {
    act(at);
    const what = pulse.sweep(at * second, busy);
    if (what) due.push([at, what]);
  }
  return due;
}

test("a silent server pings within every 15 s", () => {
  expect(sweeps(new Pulse(0), 40)).toEqual([
    [13, "ping"],
    [26, "ping"],
    [39, "ping"],
  ]);
});

test("a server that talks does not ping", () => {
  const pulse = new Pulse(0);
  const due = sweeps(pulse, 60, (at) => {
    if (at % 10 === 0) pulse.sent = true;
  });
  expect(due).toEqual([]);
});

test("a client that has pinged once and then is silent for 30 s is gone", () => {
  const pulse = new Pulse(0);
  pulse.heard = pulse.pinged = true;
  expect(sweeps(pulse, 32).filter(([, what]) => what === "idle")).toEqual([[32, "idle"]]);
});

test("one that never pinged may be silent, and one whose call is worked on too", () => {
  expect(sweeps(new Pulse(0), 300).some(([, what]) => what === "idle")).toBe(false);
  const waiting = new Pulse(0);
  waiting.pinged = true;
  expect(sweeps(waiting, 300, undefined, true).some(([, what]) => what === "idle")).toBe(false);
});
