import { Decoder, decodeTimestampExtension, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import { frame } from "../../realtime/connection.ts";
import { limits } from "../../schema.ts";
import {
  boundMessage,
  type ClientMessage,
  type HubCodec,
  type Invocation,
  ProtocolFault,
  type ReadMessage,
  type ServerMessage,
} from "./codec.ts";
import { boundMsgpack } from "./msgpack-bounds.ts";

/** A length has at most five bytes (HubProtocol.md, "MessagePack encoding"). */
const maxLengthBytes = 5;

/** Times come as text in JSON, so operations know them as text. */
const extensionCodec = new ExtensionCodec();
extensionCodec.register({ type: -1, encode: () => null, decode: (data) => toIsoTime(data) });
const decoder = new Decoder({ extensionCodec });
const encoder = new Encoder({ ignoreUndefined: true });

/** The hub protocol in MessagePack, versions 1 and 2. */
export const msgpackCodec: HubCodec = {
  name: "messagepack",
  version: 2,
  binary: true,

  read(bytes: Buffer, from: number): ReadMessage | undefined {
    const prefix = readLength(bytes, from);
    if (!prefix) return undefined;
    const end = prefix.end + prefix.length;
    if (end > bytes.length) return undefined;
    return { message: readMessage(decode(bytes.subarray(prefix.end, end))), end };
  },

  frame(message: ServerMessage): Buffer {
    const body = encoder.encodeSharedRef(toArray(message));
    return frame(Buffer.concat([lengthPrefix(body.length), body]));
  },
};

/** The messages of a frame, of any size, as they are written; nothing in them is believed. Throws `ProtocolFault`. */
export function* readParts(frame: Buffer): Generator<unknown[]> {
  for (let at = 0; at < frame.length; ) {
    const prefix = readLength(frame, at, frame.length);
    if (!prefix) throw new ProtocolFault("A message is incomplete.");
    at = prefix.end + prefix.length;
    yield decode(frame.subarray(prefix.end, at));
  }
}

/** A length as a little-endian base-128 number; undefined when it is not complete. */
function readLength(
  bytes: Buffer,
  from: number,
  most = limits.frameBytes,
): { length: number; end: number } | undefined {
  let length = 0;
  for (let i = 0; i < maxLengthBytes; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte >= 0x80) continue;
    boundMessage(length, most);
    return { length, end: from + i + 1 };
  }
  throw new ProtocolFault("Message size over 2GB.");
}

export function lengthPrefix(length: number): Buffer {
  const bytes: number[] = [];
  let left = length;
  do {
    const low = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? low | 0x80 : low);
  } while (left > 0);
  return Buffer.from(bytes);
}

function decode(body: Buffer): unknown[] {
  boundMsgpack(body);
  let value: unknown;
  try {
    value = decoder.decode(body);
  } catch (error) {
    throw new ProtocolFault("Error reading MessagePack.", { cause: error });
  }
  if (!Array.isArray(value) || value.length === 0) throw new ProtocolFault("Message was not an array.");
  return value;
}

function toIsoTime(data: Uint8Array): string {
  const time = decodeTimestampExtension(data);
  if (Number.isNaN(time.getTime())) throw new ProtocolFault("A timestamp is out of range.");
  return time.toISOString();
}

function readMessage(parts: unknown[]): ClientMessage {
  const [type] = parts;
  switch (type) {
    case 1:
    case 4:
      return readCall(type, parts);
    case 2:
      demand(parts, 4);
      return { type: 2, invocationId: text(parts[2], "invocationId"), item: parts[3] };
    case 3:
      return readCompletion(parts);
    case 5:
      demand(parts, 3);
      return { type: 5, invocationId: text(parts[2], "invocationId") };
    case 6:
      return { type: 6 };
    case 7:
      demand(parts, 2);
      return { type: 7, error: optionalText(parts[1], "error") };
    case 8:
    case 9:
      demand(parts, 2);
      return { type, sequenceId: wholeNumber(parts[1]) };
    default:
      if (typeof type !== "number") throw wrong("type");
      return { type: 0 };
  }
}

function readCall(type: 1 | 4, parts: unknown[]): Invocation {
  demand(parts, 5);
  const [, , id, target, args, ids] = parts;
  if (!Array.isArray(args)) throw wrong("arguments");
  if (ids !== undefined && ids !== null && !(Array.isArray(ids) && ids.every((each) => typeof each === "string")))
    throw wrong("streamIds");
  const invocationId = type === 4 ? text(id, "invocationId") : optionalText(id, "invocationId");
  return { type, target: text(target, "target"), arguments: args, invocationId, streamIds: ids ?? undefined };
}

/** Kind 1 is an error, 2 nothing, 3 a result. */
function readCompletion(parts: unknown[]): ClientMessage {
  demand(parts, 4);
  const [, , id, kind, value] = parts;
  const invocationId = text(id, "invocationId");
  if (kind === 2) return { type: 3, invocationId };
  demand(parts, 5);
  if (kind === 1) return { type: 3, invocationId, error: optionalText(value, "error") ?? "" };
  if (kind === 3) return { type: 3, invocationId, result: value };
  throw new ProtocolFault("Invalid invocation result kind.");
}

function toArray(message: ServerMessage): unknown[] {
  switch (message.type) {
    case 1:
      return [1, {}, message.invocationId ?? null, message.target, message.arguments];
    case 2:
      return [2, {}, message.invocationId, message.item ?? null];
    case 3:
      if (message.error !== undefined) return [3, {}, message.invocationId, 1, message.error];
      if (message.result === undefined) return [3, {}, message.invocationId, 2];
      return [3, {}, message.invocationId, 3, message.result];
    case 6:
      return [6];
    case 7:
      return message.allowReconnect ? [7, message.error ?? null, true] : [7, message.error ?? null];
    default:
      return [message.type, message.sequenceId];
  }
}

function demand(parts: unknown[], length: number): void {
  if (parts.length < length) throw new ProtocolFault(`Expected ${length} elements, got ${parts.length}.`);
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value === "") throw wrong(name);
  return value;
}

function optionalText(value: unknown, name: string): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  return text(value, name);
}

function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw wrong("sequenceId");
  return value as number;
}

function wrong(name: string): ProtocolFault {
  return new ProtocolFault(`Reading '${name}' failed.`);
}
