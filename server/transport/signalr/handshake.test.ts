import { expect, test } from "vitest";
import { readHandshake } from "./handshake.ts";

const rs = "\u001e";

function read(text: string) {
  return readHandshake(Buffer.from(text), true);
}

test("MessagePack is spoken where bytes travel, and refused where they do not", () => {
  const text = `{"protocol":"messagepack","version":1}${rs}`;
  expect(read(text)).toMatchObject({ frames: { codec: { name: "messagepack" } } });
  expect(() => readHandshake(Buffer.from(text), false)).toThrow(
    "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format.",
  );
});

test.each([1, 2])("JSON version %i is spoken; what follows is left for its reader", (version) => {
  const text = `{"protocol":"json","version":${version}}${rs}`;
  expect(read(`${text}{"type":6}${rs}`)).toMatchObject({ end: text.length, frames: { codec: { name: "json" } } });
});

test("half a handshake is waited for", () => {
  expect(read('{"protocol":"json",')).toBeUndefined();
});

test.each([
  ['{"protocol":"smoke","version":1}', "The protocol 'smoke' is not supported."],
  ['{"protocol":"","version":1}', "The protocol '' is not supported."],
  ['{"protocol":"json","version":3}', "The server does not support version 3 of the 'json' protocol."],
  ['{"protocol":"json","version":0}', "The server does not support version 0 of the 'json' protocol."],
  ['{"version":1}', "An unexpected error occurred during connection handshake."],
  ['{"protocol":"json"}', "An unexpected error occurred during connection handshake."],
  ['{"protocol":"json","version":"1"}', "An unexpected error occurred during connection handshake."],
  ["nonsense", "An unexpected error occurred during connection handshake."],
])("%s is refused in .NET's words", (text, message) => {
  expect(() => read(text + rs)).toThrow(message);
});
