import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { payloadOf } from "../../realtime/connection.ts";
import { type ClientMessage, type Invocation, ProtocolFault, type ServerMessage } from "./codec.ts";
import { lengthPrefix, msgpackCodec } from "./msgpack-codec.ts";

function readAll(bytes: Buffer): ClientMessage[] {
  const messages: ClientMessage[] = [];
  for (let at = 0; ; ) {
    const next = msgpackCodec.read(bytes, at);
    if (!next) return messages;
    messages.push(next.message);
    at = next.end;
  }
}

function framed(body: Uint8Array): Buffer {
  return Buffer.concat([lengthPrefix(body.length), body]);
}

// protocols.md A9: written by the stock protocol class.
const vectors: [string, ClientMessage, ServerMessage?][] = [
  ["02 91 06", { type: 6 }, { type: 6 }],
  ["0e 95 01 80 a1 30 a4 4563686f 92 a1 61 01", call(1, "0", "Echo", ["a", 1])],
  ["0a 95 01 80 c0 a4 4563686f 90", call(1, undefined, "Echo"), { type: 1, target: "Echo", arguments: [] }],
  ["0b 96 01 80 a1 31 a1 55 90 91 a1 30", { ...call(1, "1", "U"), streamIds: ["0"] }],
  ["08 95 04 80 a1 32 a1 53 90", call(4, "2", "S")],
  ["06 94 02 80 a1 32 2a", { type: 2, invocationId: "2", item: 42 }, { type: 2, invocationId: "2", item: 42 }],
  ["06 94 03 80 a1 32 02", { type: 3, invocationId: "2" }, { type: 3, invocationId: "2" }],
  ["07 95 03 80 a1 32 03 2a", { type: 3, invocationId: "2", result: 42 }, { type: 3, invocationId: "2", result: 42 }],
  [
    "09 95 03 80 a1 32 01 a2 6e 6f",
    { type: 3, invocationId: "2", error: "no" },
    { type: 3, invocationId: "2", error: "no" },
  ],
  ["05 93 05 80 a1 32", { type: 5, invocationId: "2" }],
  ["03 92 07 c0", { type: 7, error: undefined }, { type: 7 }],
  ["03 92 08 05", { type: 8, sequenceId: 5 }, { type: 8, sequenceId: 5 }],
  ["03 92 09 01", { type: 9, sequenceId: 1 }, { type: 9, sequenceId: 1 }],
];

function call(type: 1 | 4, invocationId: string | undefined, target: string, args: unknown[] = []): Invocation {
  return { type, target, arguments: args, invocationId, streamIds: undefined };
}

describe("the vectors of the specification", () => {
  test.each(vectors)("%s", (hex, read, written) => {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    expect(readAll(bytes)).toEqual([read]);
    if (!written) return;
    const frame = msgpackCodec.frame(written);
    expect(frame[0]).toBe(0x82);
    expect(payloadOf(frame).toString("hex")).toBe(bytes.toString("hex"));
  });

  test.each([
    [0, "00"],
    [127, "7f"],
    [128, "8001"],
    [16_383, "ff7f"],
    [16_384, "808001"],
    [2_147_483_647, "ffffffff07"],
  ])("a length of %i is %s", (length, hex) => {
    expect(lengthPrefix(length).toString("hex")).toBe(hex);
  });
});

describe("reading", () => {
  test("several in one frame, and one that is cut anywhere is waited for", () => {
    const whole = Buffer.from(vectors.map(([hex]) => hex.replaceAll(" ", "")).join(""), "hex");
    expect(readAll(whole)).toEqual(vectors.map(([, read]) => read));
    const one = framed(encode([1, {}, "0", "T".repeat(200), []]));
    for (let cut = 0; cut < one.length; cut++) expect(msgpackCodec.read(one.subarray(0, cut), 0)).toBeUndefined();
  });

  test("longer arrays are taken, and times come as text", () => {
    const at = new Date("2026-11-26T10:00:00.123Z");
    expect(readAll(framed(encode([1, { a: "b" }, "0", "T", [at], [], "new", 9])))).toEqual([
      { ...call(1, "0", "T", ["2026-11-26T10:00:00.123Z"]), streamIds: [] },
    ]);
    expect(readAll(framed(encode([42, "of a newer version"])))).toEqual([{ type: 0 }]);
  });

  test.each([
    ["no array", encode({ type: 1 })],
    ["an empty one", encode([])],
    ["a type that is no number", encode(["1"])],
    ["too few parts", encode([1, {}, "0", "T"])],
    ["arguments that are no array", encode([1, {}, "0", "T", {}])],
    ["stream ids that are no texts", encode([1, {}, "0", "T", [], [1]])],
    ["a stream without an id", encode([4, {}, null, "T", []])],
    ["a completion of an unknown kind", encode([3, {}, "0", 4, 1])],
    ["an ack that is no number", encode([8, "1"])],
    ["bytes after the value, too few", Buffer.from("dc", "hex")],
    ["a key __proto__", encode([1, {}, "0", "T", [JSON.parse('{"__proto__":1}')]])],
    ["nested deeper than 64", Buffer.from(`${"91".repeat(70)}01`, "hex")],
  ])("refuses %s", (_name, body) => {
    expect(() => readAll(framed(body))).toThrow(ProtocolFault);
  });

  test("a length over 64 KiB or over five bytes is refused at once", () => {
    expect(() => readAll(lengthPrefix(65_537))).toThrow("The maximum message size of 65536B was exceeded.");
    expect(() => readAll(Buffer.from("ffffffffff01", "hex"))).toThrow("Message size over 2GB.");
  });

  test("arrays that announce more than comes make no room for it", () => {
    const before = process.memoryUsage().heapUsed;
    // 20,000 arrays in each other, of 65,535 elements each: 10 GB to a decoder that believes it.
    expect(() => readAll(framed(Buffer.from("dcffff".repeat(20_000), "hex")))).toThrow(ProtocolFault);
    expect(() => readAll(framed(Buffer.from("ddffffffff00", "hex")))).toThrow(ProtocolFault);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 * 1024);
  });

  test("never throws anything but ProtocolFault, whatever the bytes", () => {
    const bent = fc.tuple(fc.constantFrom(...vectors), fc.nat(), fc.nat(255)).map(([[hex], at, byte]) => {
      const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    const any = fc.uint8Array({ maxLength: 60 }).map((body) => framed(body));
    const typed = fc.array(fc.anything({ withDate: true }), { maxLength: 7 }).map((parts) => encodable(parts));
    fc.assert(
      fc.property(fc.oneof(bent, any, typed), (bytes) => {
        try {
          readAll(bytes);
        } catch (error) {
          if (!(error instanceof ProtocolFault)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function encodable(parts: unknown[]): Buffer {
  try {
    return framed(encode(parts));
  } catch {
    return Buffer.alloc(0);
  }
}

test("what is written the stock client reads, and the other way round", () => {
  const stock = new MessagePackHubProtocol();
  const said: ServerMessage[] = [
    {
      type: 1,
      target: "MessagingEvent",
      arguments: [{ type: "Chat", seq: 2 ** 40, payload: { a: [null, 1.5, "ü👋"] } }],
    },
    { type: 1, target: "AccessToken", arguments: [], invocationId: "s1" },
    { type: 3, invocationId: "0", result: { data: [], left: undefined } },
    { type: 3, invocationId: "0", error: "no" },
    { type: 7, error: "boom", allowReconnect: true },
    { type: 9, sequenceId: 7 },
  ];
  const bytes = Buffer.concat(said.map((message) => payloadOf(msgpackCodec.frame(message))));
  const heard = stock.parseMessages(new Uint8Array(bytes).buffer as ArrayBuffer, { log: () => {} } as never);
  expect(heard).toMatchObject(JSON.parse(JSON.stringify(said)));
  const written = Buffer.from(
    stock.writeMessage({ type: 4, invocationId: "1", target: "S", arguments: [1], streamIds: ["2"] } as never),
  );
  expect(readAll(written)).toEqual([{ type: 4, invocationId: "1", target: "S", arguments: [1], streamIds: ["2"] }]);
});
