import fc from "fast-check";
import { hubMethodName } from "../../operation.ts";
import { allOperations } from "../../operations.ts";
import { nastyJson } from "./nasty-values.ts";
import { type Bytes, clientFrame } from "./raw-socket.ts";

const hubEnd = "\u001e";
const anything = fc.oneof(fc.constantFrom(...nastyJson.filter((text) => text.length < 8000)), fc.json());
const handshake = `{"protocol":"json","version":1}${hubEnd}`;

/** Bytes of one hub connection after its upgrade, frame by frame. Most begin with a handshake, good or not. */
export const hubSessions: fc.Arbitrary<Bytes[]> = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: fc.constant(handshake) }, { weight: 1, arbitrary: badHandshake() }),
    fc.array(fc.oneof({ weight: 15, arbitrary: hubMessage() }, torn(hubMessage()), fc.string()), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.array(badFrame(), { maxLength: 1 }),
  )
  .map(([first, messages, bad]) => [...[first, ...messages].map((text) => clientFrame(text)), ...bad]);

/** The same of one tRPC connection. */
export const trpcSessions: fc.Arbitrary<Bytes[]> = fc
  .tuple(
    fc.array(fc.oneof(trpcMessage(), trpcMessage(), torn(trpcMessage()), fc.json(), fc.string()), {
      minLength: 1,
      maxLength: 7,
    }),
    fc.array(badFrame(), { maxLength: 1 }),
  )
  .map(([messages, bad]) => [...messages.map((text) => clientFrame(text)), ...bad]);

/** The same of one Pusher connection. */
export const pusherSessions: fc.Arbitrary<Bytes[]> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 9, arbitrary: pusherMessage() }, torn(pusherMessage()), fc.json(), fc.string()), {
      minLength: 1,
      maxLength: 7,
    }),
    fc.array(badFrame(), { maxLength: 1 }),
  )
  .map(([messages, bad]) => [...messages.map((text) => clientFrame(text)), ...bad]);

function pusherMessage(): fc.Arbitrary<string> {
  const names = ["a", "private-a", "presence-a", "cache-a", "private-chat-x", "private-user-ada", "#server-to-user-a"];
  const channel = fc.oneof(fc.constantFrom(...names.map((name) => JSON.stringify(name))), anything);
  const events = ["subscribe", "unsubscribe", "signin", "ping", "pong", "x"].map((name) => `"pusher:${name}"`);
  const event = fc.oneof(fc.constantFrom(...events, '"client-x"', '"client-"', '"pusher_internal:x"'), anything);
  const fields = { channel, auth: anything, channel_data: anything, user_data: anything };
  const data = fc.oneof(fc.record(fields, { requiredKeys: ["channel"] }).map(objectText), anything);
  return fc.record({ event, data, channel }, { requiredKeys: ["event", "data"] }).map(objectText);
}

function badHandshake(): fc.Arbitrary<string> {
  const fields = fc.record({ protocol: anything, version: anything }, { requiredKeys: [] });
  const said = fields.map(
    ({ protocol, version }) => `{"protocol":${protocol ?? '"json"'},"version":${version ?? 1}}${hubEnd}`,
  );
  return fc.oneof(
    said,
    fc.json().map((text) => text + hubEnd),
    fc.string(),
    fc.constant(hubEnd),
    fc.constant(`${hubEnd}${hubEnd}`),
  );
}

function hubMessage(): fc.Arbitrary<string> {
  const method = fc.constantFrom(...allOperations.map((operation) => JSON.stringify(hubMethodName(operation))));
  const id = fc.constantFrom('"1"', '"2"', '""', "null");
  const call = {
    type: fc.constant("1"),
    target: method,
    arguments: anything.map((text) => `[${text}]`),
    invocationId: id,
  };
  const type = fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "8", "9", "255", "-1", '"1"', "1.5", "null");
  const rest = { streamIds: anything, headers: anything, error: anything, item: anything, result: anything };
  const other = { type, target: anything, arguments: anything, invocationId: anything, ...rest };
  return fc
    .oneof(
      { weight: 9, arbitrary: fc.record(call) },
      { weight: 1, arbitrary: fc.record(other, { requiredKeys: ["type"] }) },
      { weight: 1, arbitrary: fc.record({ ...call, ...rest }, { requiredKeys: ["type", "target", "arguments"] }) },
    )
    .map((fields) => objectText(fields) + hubEnd);
}

function objectText(fields: Record<string, string | undefined>): string {
  const entries = Object.entries(fields).filter(([, text]) => text !== undefined);
  return `{${entries.map(([name, text]) => `"${name}":${text}`).join(",")}}`;
}

function trpcMessage(): fc.Arbitrary<string> {
  const paths = [
    ...allOperations.map(({ name }) => name),
    "events.subscribe",
    "events.subscribe",
    "x",
    "__proto__",
    "chats",
    "",
  ];
  const fields = fc.record(
    {
      id: fc.oneof(fc.constantFrom("1", "2", '"a"', "null"), anything),
      method: fc.oneof(
        fc.constantFrom('"query"', '"mutation"', '"subscription"', '"subscription.stop"', '"connectionParams"'),
        anything,
      ),
      params: fc.oneof(
        fc
          .record({ path: fc.constantFrom(...paths), input: anything })
          .map(({ path, input }) => `{"path":"${path}","input":${input}}`),
        anything,
      ),
      jsonrpc: fc.constantFrom('"2.0"', '"1.0"', "2"),
    },
    { requiredKeys: ["id", "method", "params"] },
  );
  const one = fields.map(
    (all) =>
      `{${Object.entries(all)
        .map(([name, text]) => `"${name}":${text}`)
        .join(",")}}`,
  );
  return fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 20 }).map((list) => `[${list.join(",")}]`) },
  );
}

/** A text without its end. */
function torn(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([whole, part]) => whole.slice(0, Math.floor(whole.length * part)));
}

/** Against RFC 6455, or at its edge. */
function badFrame(): fc.Arbitrary<Bytes> {
  return fc.constantFrom<Bytes>(
    clientFrame("{}", { masked: false }),
    clientFrame("{}", { rsv: 4 }),
    clientFrame("{}", { opcode: 3 }),
    clientFrame("{}", { opcode: 0xf }),
    clientFrame("{}", { opcode: 0 }),
    clientFrame("{}", { fin: false }),
    clientFrame("x".repeat(126), { opcode: 9 }),
    clientFrame("x", { opcode: 9, fin: false }),
    clientFrame("x", { opcode: 8 }),
    clientFrame(Buffer.from([0x00, 0x01]), { opcode: 8 }),
    clientFrame(Buffer.from([0x03, 0xe8, 0xff]), { opcode: 8 }),
    clientFrame(Buffer.from([0xff, 0xfe, 0xfd])),
    clientFrame(Buffer.from([0xed, 0xa0, 0x80])),
    clientFrame(Buffer.from([1, 2, 3]), { opcode: 2 }),
    clientFrame("x".repeat(70_000)),
    clientFrame("", { length: 2 ** 40 }),
    clientFrame("", { length: 60_000 }),
    clientFrame(`${"[".repeat(30_000)}${"]".repeat(30_000)}${hubEnd}`),
    clientFrame(hubEnd.repeat(60_000)),
    clientFrame(`{"type":6}${hubEnd}`.repeat(5000)),
    clientFrame(`[${'{"id":1},'.repeat(6000)}{}]`),
    Buffer.concat(Array.from({ length: 400 }, () => clientFrame("PING"))),
    Buffer.concat(Array.from({ length: 200 }, () => clientFrame("x", { opcode: 0, fin: false }))),
    "GET / HTTP/1.1\r\n\r\n",
    Buffer.alloc(5000, 0xff),
  );
}
