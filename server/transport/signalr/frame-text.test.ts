import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { frameText } from "./frame-text.ts";
import { lengthPrefix } from "./msgpack-codec.ts";

const framed = (body: Uint8Array) => Buffer.concat([lengthPrefix(body.length), body]);

test("JSON is shown as it is, MessagePack as JSON, each message on a line of its own, of any size", () => {
  expect(frameText(Buffer.from('{"type":6}\u001e{"type":6}\u001e'))).toBe('{"type":6}\n{"type":6}');
  const long = "x".repeat(100_000);
  expect(frameText(Buffer.concat([framed(encode([6])), framed(encode([1, {}, null, long]))]))).toBe(
    `[6]\n[1,{},null,"${long}"]`,
  );
});

// They are looked at before the connection itself reads them: nothing in them is to be believed.
test.each([
  ["a length that leads back", "fbffffff0f"],
  ["a length that goes on for ever", "ffffffffffff01"],
  ["a length beyond the end", "0591"],
  ["arrays that announce more than comes", `7f${"dd01ffffff".repeat(25)}${"00".repeat(2)}`],
])("of %s only the size is told", (_name, hex) => {
  const before = process.memoryUsage().heapUsed;
  const bytes = Buffer.from(hex, "hex");
  expect(frameText(bytes)).toBe(`${bytes.length} bytes that are not read here`);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 * 1024);
});
