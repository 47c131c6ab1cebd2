import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClientMessage, ProtocolFault } from "./codec.ts";
import { jsonCodec } from "./json-codec.ts";

const rs = "\u001e";

function readAll(text: string): ClientMessage[] {
  const bytes = Buffer.from(text);
  const messages: ClientMessage[] = [];
  for (let at = 0; ; ) {
    const next = jsonCodec.read(bytes, at);
    if (!next) return messages;
    messages.push(next.message);
    at = next.end;
  }
}

/** The payload of a server's frame, its header taken off. */
function payloadOf(frame: Buffer): string {
  return frame.subarray((frame[1] ?? 0) < 126 ? 2 : 4).toString();
}

describe("reading (HubProtocol.md, JSON encoding)", () => {
  test("an invocation, with an id and without", () => {
    expect(readAll(`{"type":1,"invocationId":"0","target":"Echo","arguments":["a",1]}${rs}`)).toEqual([
      { type: 1, invocationId: "0", target: "Echo", arguments: ["a", 1] },
    ]);
    expect(readAll(`{"type":1,"target":"Echo","arguments":[]}${rs}`)).toEqual([
      { type: 1, invocationId: undefined, target: "Echo", arguments: [] },
    ]);
  });

  test("keys in any order, unknown ones, headers and stream ids", () => {
    const text = `{"headers":{"a":"b"},"arguments":[],"x":1,"target":"U","streamIds":["0"],"invocationId":"1","type":1}${rs}`;
    expect(readAll(text)).toEqual([{ type: 1, invocationId: "1", target: "U", arguments: [], streamIds: ["0"] }]);
  });

  test("every type the stock client writes, several in one frame", () => {
    const text = [
      '{"type":4,"invocationId":"2","target":"S","arguments":[]}',
      '{"type":2,"invocationId":"2","item":null}',
      '{"type":3,"invocationId":"2"}',
      '{"type":3,"invocationId":"2","error":"no"}',
      '{"type":5,"invocationId":"2"}',
      '{"type":6}',
      '{"type":7}',
      '{"type":7,"error":"boom"}',
    ].join(rs);
    expect(readAll(text + rs).map(({ type }) => type)).toEqual([4, 2, 3, 3, 5, 6, 7, 7]);
  });

  test("acks and sequences; types of other versions are passed over", () => {
    expect(
      readAll(`{"type":8,"sequenceId":5}${rs}{"type":9,"sequenceId":1}${rs}{"type":99}${rs}{"type":6}${rs}`),
    ).toEqual([{ type: 8, sequenceId: 5 }, { type: 9, sequenceId: 1 }, { type: 0 }, { type: 6 }]);
  });

  test("a message without its separator is not there yet", () => {
    expect(readAll('{"type":6}')).toEqual([]);
    expect(readAll(`{"type":6}${rs}{"type":`)).toEqual([{ type: 6 }]);
  });

  test.each([
    ["no JSON", "x"],
    ["nothing", ""],
    ["no object", "[1]"],
    ["null", "null"],
    ["no type", "{}"],
    ["a type that is text", '{"type":"1","target":"A","arguments":[]}'],
    ["a type that is no integer", '{"type":1.5,"target":"A","arguments":[]}'],
    ["no target", '{"type":1,"arguments":[]}'],
    ["an empty target", '{"type":1,"target":"","arguments":[]}'],
    ["a target that is no text", '{"type":1,"target":1,"arguments":[]}'],
    ["no arguments", '{"type":1,"target":"A"}'],
    ["arguments that are no array", '{"type":1,"target":"A","arguments":{}}'],
    ["an id that is no text", '{"type":1,"target":"A","arguments":[],"invocationId":1}'],
    ["stream ids that are no texts", '{"type":1,"target":"A","arguments":[],"streamIds":[1]}'],
    ["a stream invocation without an id", '{"type":4,"target":"A","arguments":[]}'],
    ["a stream item without an id", '{"type":2,"item":1}'],
    ["a stream item without an item", '{"type":2,"invocationId":"1"}'],
    ["a completion without an id", '{"type":3}'],
    ["a completion with result and error", '{"type":3,"invocationId":"1","result":1,"error":"x"}'],
    ["a cancellation without an id", '{"type":5}'],
    ["a close whose error is no text", '{"type":7,"error":1}'],
    ["deeper than 64", `{"type":1,"target":"A","arguments":${"[".repeat(66)}${"]".repeat(66)}}`],
  ])("refuses %s", (_name, text) => {
    expect(() => readAll(text + rs)).toThrow(ProtocolFault);
  });

  test("never throws anything but ProtocolFault, whatever the bytes", () => {
    const shapes = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          {
            type: fc.integer({ min: 0, max: 10 }),
            target: fc.anything(),
            arguments: fc.anything(),
            invocationId: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? String(item) : item))),
    );
    fc.assert(
      fc.property(shapes, (text) => {
        try {
          readAll(text + rs);
        } catch (error) {
          if (!(error instanceof ProtocolFault)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("writing", () => {
  test.each([
    [{ type: 6 } as const, `{"type":6}${rs}`],
    [{ type: 3, invocationId: "2" } as const, `{"type":3,"invocationId":"2"}${rs}`],
    [{ type: 3, invocationId: "2", result: 42 } as const, `{"type":3,"invocationId":"2","result":42}${rs}`],
    [{ type: 3, invocationId: "2", error: "no" } as const, `{"type":3,"invocationId":"2","error":"no"}${rs}`],
    [{ type: 7, error: "x", allowReconnect: true } as const, `{"type":7,"error":"x","allowReconnect":true}${rs}`],
    [{ type: 1, target: "T", arguments: [{ a: 1 }] } as const, `{"type":1,"target":"T","arguments":[{"a":1}]}${rs}`],
  ])("%j", (message, text) => {
    const frame = jsonCodec.frame({
      ...message,
      ...("arguments" in message ? { arguments: [...message.arguments] } : {}),
    } as never);
    expect(frame[0]).toBe(0x81);
    expect(payloadOf(frame)).toBe(text);
  });
});
