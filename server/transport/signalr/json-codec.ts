import { frame } from "../../realtime/connection.ts";
import { limits } from "../../schema.ts";
import {
  boundMessage,
  type ClientMessage,
  type HubCodec,
  type Invocation,
  maxDepth,
  ProtocolFault,
  type ReadMessage,
  type ServerMessage,
} from "./codec.ts";

/** Stands after every message in text (HubProtocol.md, "JSON encoding"). */
export const recordSeparator = 0x1e;
const separator = String.fromCharCode(recordSeparator);

type Fields = Record<string, unknown>;

/** The hub protocol in JSON, versions 1 and 2. */
export const jsonCodec: HubCodec = {
  name: "json",
  version: 2,
  binary: false,

  read(bytes: Buffer, from: number): ReadMessage | undefined {
    const at = bytes.indexOf(recordSeparator, from);
    boundMessage((at < 0 ? bytes.length : at + 1) - from, limits.frameBytes);
    if (at < 0) return undefined;
    return { message: readMessage(parseObject(bytes.toString("utf8", from, at))), end: at + 1 };
  },

  frame(message: ServerMessage): Buffer {
    return frame(JSON.stringify(message) + separator);
  },
};

/** Parses one JSON object. Throws ProtocolFault for anything else. */
export function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProtocolFault("Error reading JSON.", { cause: error });
  }
  if (!value || typeof value !== "object" || Array.isArray(value)) {
    throw new ProtocolFault("Unexpected JSON token. Expected a JSON object.");
  }
  return value as Fields;
}

function readMessage(fields: Fields): ClientMessage {
  switch (readType(fields)) {
    case 1:
      return readCall(1, fields);
    case 4:
      return readCall(4, fields);
    case 2:
      if (!("item" in fields)) throw missing("item");
      return { type: 2, invocationId: requireString(fields, "invocationId"), item: shallow(fields.item) };
    case 3:
      return readCompletion(fields);
    case 5:
      return { type: 5, invocationId: requireString(fields, "invocationId") };
    case 6:
      return { type: 6 };
    case 7:
      return { type: 7, error: readString(fields, "error") };
    case 8:
      return { type: 8, sequenceId: readSequenceId(fields) };
    case 9:
      return { type: 9, sequenceId: readSequenceId(fields) };
    default:
      return { type: 0 };
  }
}

function readCompletion(fields: Fields): ClientMessage {
  const error = readString(fields, "error");
  if (error !== undefined && "result" in fields)
    throw new ProtocolFault("The 'error' and 'result' properties are mutually exclusive.");
  return { type: 3, invocationId: requireString(fields, "invocationId"), error, result: shallow(fields.result) };
}

function readSequenceId({ sequenceId }: Fields): number {
  if (sequenceId === undefined) throw missing("sequenceId");
  if (!Number.isSafeInteger(sequenceId)) throw wrong("sequenceId", "Number");
  return sequenceId as number;
}

function readCall(type: 1 | 4, fields: Fields): Invocation {
  const target = requireString(fields, "target");
  const invocationId = type === 4 ? requireString(fields, "invocationId") : readString(fields, "invocationId");
  const { arguments: list, streamIds } = fields;
  if (list === undefined) throw missing("arguments");
  if (!Array.isArray(list)) throw wrong("arguments", "Array");
  if (streamIds !== undefined && streamIds !== null && !isStrings(streamIds)) throw wrong("streamIds", "Array");
  const ids = streamIds as string[] | null | undefined;
  return { type, target, arguments: shallow(list), invocationId, streamIds: ids ?? undefined };
}

function shallow<T>(value: T): T {
  if (isDeeper(value, maxDepth)) throw new ProtocolFault(`The maximum depth of ${maxDepth} was exceeded.`);
  return value;
}

function readType({ type }: Fields): number {
  if (type === undefined) throw missing("type");
  if (!Number.isInteger(type)) throw wrong("type", "Number");
  return type as number;
}

function readString(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrong(name, "String");
  return value;
}

function requireString(fields: Fields, name: string): string {
  const value = readString(fields, name);
  if (!value) throw missing(name);
  return value;
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isDeeper(value: unknown, left: number): boolean {
  if (!value || typeof value !== "object") return false;
  if (left === 0) return true;
  for (const item of Object.values(value)) if (isDeeper(item, left - 1)) return true;
  return false;
}

function missing(name: string): ProtocolFault {
  return new ProtocolFault(`Missing required property '${name}'.`);
}

function wrong(name: string, type: string): ProtocolFault {
  return new ProtocolFault(`Expected '${name}' to be of type ${type}.`);
}
