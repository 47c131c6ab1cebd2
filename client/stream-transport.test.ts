import { expect, onTestFinished, test, vi } from "vitest";
import { readEventStream } from "./stream-transport.ts";
import type { LiveEvent } from "./types.ts";

test("a stream of which nothing is heard any more ends, signs of life keep it", async () => {
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
