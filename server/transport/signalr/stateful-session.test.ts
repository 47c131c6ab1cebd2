import { describe, expect, test } from "vitest";
import type { ClientMessage } from "./codec.ts";
import { ProtocolFault } from "./codec.ts";
import { StatefulSession } from "./stateful-session.ts";

/** A socket that writes down what goes out. */
function wire() {
  const said: string[] = [];
  return {
    said,
    write: (bytes: Buffer) => void said.push(bytes.toString()),
    frameSequence: (sequenceId: number) => Buffer.from(`sequence ${sequenceId}`),
  };
}

function opened() {
  const session = new StatefulSession();
  const socket = wire();
  session.start(socket);
  return { session, socket };
}

const say = (session: StatefulSession, ...texts: string[]) => {
  for (const text of texts) session.send(Buffer.from(text));
};
const item: ClientMessage = { type: 2, invocationId: "0", item: 1 };
const ack = (sequenceId: number): ClientMessage => ({ type: 8, sequenceId });
const sequence = (sequenceId: number): ClientMessage => ({ type: 9, sequenceId });

describe("sending", () => {
  test("waits for the client's first word: the stock client counts from then on (trap 1)", () => {
    const session = new StatefulSession();
    const socket = wire();
    say(session, "1", "2");
    expect(socket.said).toEqual([]);
    session.start(socket);
    say(session, "3");
    expect(socket.said).toEqual(["1", "2", "3"]);
  });

  test("again goes what was not acknowledged, after the number of the first of it (trap 3)", () => {
    const { session, socket } = opened();
    say(session, "1", "2", "3", "4");
    session.takes(ack(2), socket);
    session.detach();
    say(session, "5");
    const next = wire();
    expect(session.takes(sequence(1), next)).toBe(false);
    say(session, "6");
    expect(next.said).toEqual(["sequence 3", "3", "4", "5", "6"]);
  });

  test("with nothing to send again the number is the next one's", () => {
    const { session, socket } = opened();
    say(session, "1", "2");
    session.takes(ack(2), socket);
    session.detach();
    const next = wire();
    session.takes(sequence(1), next);
    expect(next.said).toEqual(["sequence 3"]);
  });

  test("nothing at all goes out on the next socket before the client has said where it is (trap 2)", () => {
    const { session, socket } = opened();
    say(session, "1");
    session.detach();
    expect(session.takes({ type: 6 }, socket)).toBe(false);
    expect(session.takes(item, socket)).toBe(false);
    say(session, "2");
    expect(session.waitsForSequence).toBe(true);
    expect(session.dueAck()).toBeUndefined();
    expect(socket.said).toEqual(["1"]);
  });

  test("acks free what is kept, those of nothing do nothing", async () => {
    const { session, socket } = opened();
    say(session, "x".repeat(60_000));
    expect(session.pressure()).toBeUndefined();
    say(session, "y".repeat(60_000), "z");
    const room = session.pressure();
    session.takes(ack(99), socket);
    session.takes(ack(-1), socket);
    await room;
    expect(session.pressure()).toBeUndefined();
    session.detach();
    const next = wire();
    session.takes(sequence(1), next);
    expect(next.said).toEqual(["sequence 4"]);
  });

  test("keeps a mebibyte and no more", () => {
    const { session } = opened();
    for (let i = 0; i < 16; i++) expect(session.send(Buffer.alloc(65_536))).toBe(true);
    expect(session.send(Buffer.alloc(1))).toBe(false);
  });

  test("a full buffer of which nothing is acknowledged for 10 s is stuck; one that moves is not", () => {
    const { session, socket } = opened();
    for (let i = 0; i < 4; i++) session.send(Buffer.alloc(60_000));
    expect([0, 9000].map((at) => session.isStuck(at))).toEqual([false, false]);
    session.takes(ack(1), socket);
    expect([10_000, 19_000].map((at) => session.isStuck(at))).toEqual([false, false]);
    expect(session.isStuck(20_000)).toBe(true);
  });
});

describe("receiving", () => {
  test("what comes again is dropped, and acknowledged again", () => {
    const { session, socket } = opened();
    expect([item, item, { type: 6 } as const, item].map((each) => session.takes(each, socket))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([session.dueAck(), session.dueAck()]).toEqual([3, undefined]);
    session.detach();
    session.takes(sequence(2), socket);
    expect([item, item, item].map((each) => session.takes(each, socket))).toEqual([false, false, true]);
    expect(session.dueAck()).toBe(4);
    session.detach();
    session.takes(sequence(4), socket);
    session.takes(item, socket);
    expect(session.dueAck()).toBe(4);
  });

  test("a gap ends the connection, and so does a number that there cannot be", () => {
    const { session, socket } = opened();
    session.takes(item, socket);
    session.detach();
    expect(() => session.takes(sequence(3), socket)).toThrow(
      new ProtocolFault("Sequence ID greater than amount of messages we've received."),
    );
    expect(() => session.takes(sequence(0), socket)).toThrow(ProtocolFault);
    expect(session.waitsForSequence).toBe(false);
  });
});
