import { frame } from "../../realtime/connection.ts";
import { limits } from "../../schema.ts";
import { boundMessage, ProtocolFault } from "./codec.ts";
import { EventFrames } from "./hub-events.ts";
import { jsonCodec, parseObject, recordSeparator } from "./json-codec.ts";
import { msgpackCodec } from "./msgpack-codec.ts";

/** How long a client may take to say which protocol it speaks, in ms. */
export const handshakeTimeoutMs = 15_000;

/** .NET's words, which its clients and their users know. */
export const handshakeCanceled = "Handshake was canceled.";
export const handshakeUnreadable = "An unexpected error occurred during connection handshake.";

const protocols = new Map([jsonCodec, msgpackCodec].map((codec) => [codec.name, new EventFrames(codec)]));

/** The answer to a good handshake. */
export const handshakeAccepted = frame("{}\u001e");

/** The answer that ends a connection before it began; no Close message follows it. */
export function handshakeRefused(error: string): Buffer {
  return frame(`${JSON.stringify({ error })}\u001e`);
}

export interface Handshake {
  /** The encoding that was agreed on. */
  frames: EventFrames;
  version: number;
  /** Where the first message after the handshake begins. */
  end: number;
}

/** A handshake that cannot be accepted; the message is for the client. */
export class HandshakeFault extends Error {
  override name = "HandshakeFault";
}

/** Reads the handshake, which is JSON in every protocol; undefined when it is not complete. Throws HandshakeFault, ProtocolFault when it is too long. */
export function readHandshake(bytes: Buffer, carriesBytes: boolean): Handshake | undefined {
  const at = bytes.indexOf(recordSeparator);
  boundMessage(at < 0 ? bytes.length : at + 1, limits.frameBytes);
  if (at < 0) return undefined;
  const request = readRequest(bytes.toString("utf8", 0, at));
  const frames = choose(request);
  if (frames.codec.binary && !carriesBytes) throw new HandshakeFault(textOnly(request.protocol));
  return { frames, version: request.version, end: at + 1 };
}

function textOnly(protocol: string): string {
  return `Cannot use the '${protocol}' protocol on the current transport. The transport does not support 'Binary' transfer format.`;
}

function readRequest(text: string): { protocol: string; version: number } {
  let fields: Record<string, unknown>;
  try {
    fields = parseObject(text);
  } catch (error) {
    if (error instanceof ProtocolFault) throw new HandshakeFault(handshakeUnreadable, { cause: error });
    throw error;
  }
  const { protocol, version } = fields;
  if (typeof protocol !== "string" || !Number.isInteger(version)) throw new HandshakeFault(handshakeUnreadable);
  return { protocol, version: version as number };
}

function choose({ protocol, version }: { protocol: string; version: number }): EventFrames {
  const frames = protocols.get(protocol.toLowerCase());
  if (!frames) throw new HandshakeFault(`The protocol '${protocol}' is not supported.`);
  if (version < 1 || version > frames.codec.version) {
    throw new HandshakeFault(`The server does not support version ${version} of the '${protocol}' protocol.`);
  }
  return frames;
}
