import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { hubTransport } from "./hub-transport.ts";
import { newKey } from "./new-key.ts";
import { Parley } from "./parley.ts";
import { standardTransports } from "./standard-transports.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Notification } from "./types.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What React Native has of its own, as its sources have it. */
function reactNative() {
  const asked: string[] = [];
  vi.stubGlobal("window", globalThis);
  // Of abort-controller 3, without `timeout`.
  vi.stubGlobal("AbortSignal", class {});
  vi.stubGlobal("crypto", undefined);
  // Takes an object only: of a list the places are its names.
  vi.stubGlobal(
    "URLSearchParams",
    class {
      readonly #pairs: [string, string][];
      constructor(params: object) {
        this.#pairs = Object.entries(params);
      }
      toString() {
        return this.#pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
      }
    },
  );
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    return Response.json({ data: [], nextCursor: null }, { headers: { "x-event-cursor": "e1" } });
  });
  return { asked };
}

test("the client works where there is a window and no document, and of the rest what React Native has", async () => {
  const { asked } = reactNative();
  const timers = vi.spyOn(globalThis, "setTimeout");
  const cleared = vi.spyOn(globalThis, "clearTimeout");
  const client = new Parley({
    ...{ baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada", storage: null },
    transports: [
      (options) => {
        options.onOpen();
        return { close: () => undefined };
      },
    ],
  });
  await client.start();
  expect(client.getState().phase).toBe("ready");
  expect(asked[0]).toBe("http://parley.test/tenant/acme/v1/Chat?limit=50&people=true");
  const [at = -1] = timers.mock.calls.flatMap(([, ms], at) => (ms === 10_000 ? [at] : []));
  expect(cleared.mock.calls.flat(), "a call that has ended waits for nothing").toContain(
    timers.mock.results[at]?.value,
  );
  vi.restoreAllMocks();
  const { late } = client.inbox.deleteLater({ id: "n1" } as Notification, 60_000, () => {});
  expect(() => client.close()).not.toThrow();
  await late;
});

test("a call that is not answered in time ends, also where a signal has no timeout of its own", async () => {
  reactNative();
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  vi.stubGlobal(
    "fetch",
    (_: string, { signal }: RequestInit) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("late")))),
  );
  const options = { baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada" };
  const client = new Parley({ ...options, storage: null, transports: [] });
  const started = client.start();
  await vi.advanceTimersByTimeAsync(10_000);
  await started;
  expect(client.getState().phase).toBe("failed");
});

test("keys are made, and differ, where nothing gives random numbers for secrets", () => {
  reactNative();
  const keys = Array.from({ length: 1_000 }, newKey);
  expect(new Set(keys).size).toBe(1_000);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
});

test("the event stream is offered only where an answer can be read as it comes", () => {
  vi.stubGlobal("WebSocket", class {});
  expect(standardTransports()).toContain(streamTransport);
  vi.stubGlobal("Response", class {});
  expect(standardTransports()).not.toContain(streamTransport);
  expect(standardTransports()).toContain(hubTransport);
});
