import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Parley } from "../../client/parley.ts";
import type { Link } from "../../client/state.ts";
import { tellAttendance } from "./use-away.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page whose service takes what it is told, and says "online" a second after each new connection. */
function openPage() {
  const told: string[] = [];
  let state = { link: "live" as Link, presence: {} as Record<string, { userId: string; state: string }> };
  let isRefusing = false;
  let onChange = () => {};
  const change = (news: Partial<typeof state>) => {
    state = { ...state, ...news };
    onChange();
  };
  const hear = (said: string) => change({ presence: { ada: { userId: "ada", state: said } } });
  const close = tellAttendance({
    me: "ada",
    getState: () => state,
    subscribe: (listener: () => void) => {
      onChange = listener;
      return () => {};
    },
    api: {
      call: async (_: string, input: { state: string }) => {
        if (isRefusing) throw new Error("unreachable");
        told.push(input.state);
        if (state.link === "live") hear(input.state);
      },
    },
  } as unknown as Parley);
  return {
    ...{ told, hear, close },
    reconnect: async (staysMs = 11_000) => {
      change({ link: "reconnecting" });
      await vi.advanceTimersByTimeAsync(2_000);
      change({ link: "live" });
      await vi.advanceTimersByTimeAsync(1_000);
      hear("online");
      await vi.advanceTimersByTimeAsync(staysMs - 1_000);
    },
    refuse: (refuses: boolean) => {
      isRefusing = refuses;
    },
    sign: () => window.dispatchEvent(new Event("keydown")),
  };
}

const fiveMinutes = 5 * 60_000;

test("whoever is away is so after each new connection, until a sign of them", async () => {
  const { told, reconnect, sign, close } = openPage();
  await reconnect();
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(fiveMinutes);
  expect(told).toEqual(["away"]);
  await reconnect();
  expect(told).toEqual(["away", "away"]);
  await reconnect(2_500); // is cut off, and back, before it is said
  await reconnect();
  expect(told).toEqual(["away", "away", "away"]);
  await reconnect(3_500); // is cut off while it is said
  await reconnect();
  expect(told).toEqual(["away", "away", "away", "away", "away"]);
  sign();
  await reconnect();
  expect(told.slice(5)).toEqual(["online"]);
  close();
});

test("it is not said against another page of the person that has taken it back, and again where it was not heard", async () => {
  const { told, reconnect, hear, refuse, close } = openPage();
  await vi.advanceTimersByTimeAsync(fiveMinutes);
  refuse(true);
  await reconnect();
  expect(told).toEqual(["away"]);
  refuse(false);
  await reconnect();
  expect(told).toEqual(["away", "away"]);
  hear("online");
  await reconnect();
  expect(told).toEqual(["away", "away"]);
  close();
});
