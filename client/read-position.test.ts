import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ReadPosition } from "./read-position.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the read position", () => {
  it("makes one call of a burst, forwards only", async () => {
    const told: number[] = [];
    const position = new ReadPosition(async (seq) => void told.push(seq));
    for (const seq of [3, 5, 4]) position.moveTo(seq);
    await vi.runAllTimersAsync();
    position.moveTo(2);
    await vi.runAllTimersAsync();
    expect(told).toEqual([5]);
  });

  it("is told again after a failure, once the line is back", async () => {
    const told: number[] = [];
    let down = true;
    const position = new ReadPosition(async (seq) => {
      if (down) throw new TypeError("no line");
      told.push(seq);
    });
    position.moveTo(7);
    await vi.runAllTimersAsync();
    down = false;
    position.resend();
    await vi.runAllTimersAsync();
    position.resend();
    await vi.runAllTimersAsync();
    expect(told).toEqual([7]);
  });

  it("is told at once where nothing comes later, and not after that", async () => {
    const told: [number, boolean][] = [];
    const position = new ReadPosition(async (seq, keepalive) => void told.push([seq, keepalive]));
    position.moveTo(7);
    position.tellNow(true);
    position.moveTo(8);
    position.close();
    position.tellNow();
    await vi.runAllTimersAsync();
    expect(told).toEqual([
      [7, true],
      [8, false],
    ]);
  });

  it("is told once more some seconds after a failure, and not by one that is closed", async () => {
    let tries = 0;
    const position = new ReadPosition(async () => {
      tries++;
      throw new TypeError("no answer");
    });
    position.moveTo(7);
    await vi.runAllTimersAsync();
    expect(tries).toBe(2);
    position.moveTo(8);
    position.close();
    await vi.runAllTimersAsync();
    expect(tries).toBe(3);
  });

  it("waits no longer than a first time once the line is back, and has two tries again", async () => {
    let tries = 0;
    const position = new ReadPosition(async () => {
      tries++;
      throw new TypeError("no answer");
    });
    position.moveTo(7);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tries).toBe(1);
    position.resend();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tries).toBe(2);
    position.moveTo(8);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tries).toBe(3);
    await vi.runAllTimersAsync();
    expect(tries).toBe(4);
  });

  it("is told again where another page has set it back meanwhile, and no further than it is read", async () => {
    const told: number[] = [];
    const position = new ReadPosition(async (seq) => void told.push(seq));
    position.moveTo(10, 0);
    await vi.runAllTimersAsync();
    position.moveTo(7, 5);
    await vi.runAllTimersAsync();
    position.moveTo(10, 7);
    await vi.runAllTimersAsync();
    expect(told).toEqual([10, 7, 10]);
  });

  it("tells what it has gathered before it is set back", async () => {
    const told: number[] = [];
    const position = new ReadPosition(async (seq) => void told.push(seq));
    position.moveTo(9);
    await position.settle();
    expect(told).toEqual([9]);
    position.setBack(4);
    await vi.runAllTimersAsync();
    expect(told).toEqual([9]);
  });

  it("is told no more once it is settled, also where that failed", async () => {
    let tries = 0;
    const position = new ReadPosition(async () => {
      tries++;
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new TypeError("no answer");
    });
    position.moveTo(9);
    await vi.advanceTimersByTimeAsync(450);
    const settled = position.settle();
    await vi.advanceTimersByTimeAsync(1_000);
    await settled;
    expect(tries).toBe(2);
    position.tellNow(true);
    position.resend();
    await vi.runAllTimersAsync();
    expect(tries).toBe(2);
  });

  it("is settled before it is set back, and moves on from there", async () => {
    const told: number[] = [];
    let arrive = () => {};
    const line = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const position = new ReadPosition(async (seq) => {
      await line;
      told.push(seq);
    });
    position.moveTo(9);
    await vi.advanceTimersByTimeAsync(500);
    const settled = position.settle().then(() => told.push(0));
    await vi.runAllTimersAsync();
    expect(told).toEqual([]);
    arrive();
    await settled;
    position.setBack(4);
    position.moveTo(6);
    await vi.runAllTimersAsync();
    expect(told).toEqual([9, 0, 6]);
  });
});
