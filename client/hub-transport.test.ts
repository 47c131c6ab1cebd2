import { afterEach, expect, test, vi } from "vitest";
import { hubTransport } from "./hub-transport.ts";
import type { Connecting } from "./transport.ts";

const END = "\u001e";

class FakeSocket {
  static last: FakeSocket;
  readonly said: { at: number; type?: number }[] = [];
  onopen = () => {};
  onmessage: (message: { data: string }) => void = () => {};
  constructor() {
    FakeSocket.last = this;
  }
  send(text: string) {
    this.said.push({ at: Date.now(), ...JSON.parse(text.slice(0, -END.length)) });
  }
  close() {}
}

afterEach(() => {
  // What was stubbed was a timer that is not real: the other way round it would be left to all who come after.
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a page whose timers do not come stays connected: what is heard is answered", () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("setInterval", () => 0);
  const onOpen = vi.fn();
  hubTransport({
    ...{ baseUrl: "https://chat.example", tenantId: "acme", clientId: "c", token: "t" },
    ...{ onOpen, onClose: vi.fn() },
  } as unknown as Connecting);
  const socket = FakeSocket.last;
  socket.onopen();
  const hear = (message: object, afterMs: number) => {
    vi.advanceTimersByTime(afterMs);
    socket.onmessage({ data: JSON.stringify(message) + END });
  };
  hear({}, 100);
  expect(onOpen).toHaveBeenCalledOnce();
  // A word just before one is due, and then the service's pings, as seldom as they come.
  hear({ type: 6 }, 9_800);
  for (let pings = 0; pings < 8; pings++) hear({ type: 6 }, 15_000);
  const pings = socket.said.filter(({ type }) => type === 6);
  const gaps = pings.map(({ at }, n) => at - (pings[n - 1]?.at ?? socket.said[0]?.at ?? 0));
  expect(pings.length).toBeGreaterThan(6);
  expect(Math.max(...gaps)).toBeLessThan(26_000);
  // In a busy chat not with each word.
  for (let words = 0; words < 50; words++) hear({ type: 6 }, 100);
  expect(socket.said.filter(({ type }) => type === 6).length - pings.length).toBeLessThan(2);
});

test("a line that is dead is known for it, and one that lives is kept, though the clock is set back by hours", () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  const onClose = vi.fn();
  const connect = () =>
    hubTransport({
      ...{ baseUrl: "https://chat.example", tenantId: "acme", clientId: "c", token: "t" },
      ...{ onOpen: vi.fn(), onClose },
    } as unknown as Connecting);
  const setBack = () => vi.setSystemTime(Date.now() - 3 * 3_600_000);
  connect();
  setBack();
  vi.advanceTimersByTime(60_000);
  expect(onClose).toHaveBeenCalledOnce();

  connect();
  const socket = FakeSocket.last;
  socket.onopen();
  setBack();
  socket.onmessage({ data: `{}${END}` });
  vi.advanceTimersByTime(1_000);
  const pings = () => socket.said.filter(({ type }) => type === 6).length;
  expect(pings()).toBe(1);
  expect(onClose).toHaveBeenCalledOnce();
});
