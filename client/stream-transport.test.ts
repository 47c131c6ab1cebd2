import { expect, onTestFinished, test, vi } from "vitest";
import type { Service } from "./cli/service.ts";
import { tailEvents } from "./cli/tail-events.ts";
import { readEventStream } from "./stream-transport.ts";
import type { LiveEvent } from "./types.ts";

// Another file of this process may have left a connection that sets a timer meanwhile.
test("a stream of which nothing is heard any more ends, signs of life keep it", { retry: 2 }, async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let say = (_: string) => {};
  const words = new ReadableStream<Uint8Array>({
    start: (controller) => {
      say = (text) => controller.enqueue(new TextEncoder().encode(text));
    },
  });
  const heard: LiveEvent[] = [];
  const ended = vi.fn();
  const to = { onEvent: (event: LiveEvent) => heard.push(event), onPosition: () => {}, onResync: () => {} };
  const reading = readEventStream(new Response(words), to).then(ended);
  say(`event: message.created\ndata: {"eventId":"1"}\n\n`);
  for (let pings = 0; pings < 4; pings++) {
    await vi.advanceTimersByTimeAsync(20_000);
    say(":\n\n");
  }
  expect(heard).toEqual([{ eventId: "1" }]);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(40_000);
  expect(ended).toHaveBeenCalled();
  await reading;
  expect(vi.getTimerCount()).toBe(0);
});

test("a tail whose cursor was of no use comes back from where it went on, not from that cursor", async () => {
  vi.useFakeTimers();
  const ends = new AbortController();
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(new URL(address).searchParams.get("after"));
    if (asked.length === 2) ends.abort();
    return new Response(`id: now\nevent: resync\ndata: {"reason":"expired","eventId":"now"}\n\n`);
  });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const resynced: string[] = [];
  const tail = tailEvents({
    service: { baseUrl: "http://parley.test", tenantId: "acme", headers: {} } as Service,
    ...{ after: "old", kinds: undefined, chatId: undefined, signal: ends.signal },
    ...{ onEvent: () => {}, onResync: (eventId) => resynced.push(eventId) },
  });
  await vi.runAllTimersAsync();
  await tail;
  expect(asked).toEqual(["old", "now"]);
  expect(resynced).toContain("now");
});
