/** What a client may send after the handshake, whatever the encoding (HubProtocol.md of dotnet/aspnetcore). */
export type ClientMessage =
  | Invocation
  /** An item of a stream that the client uploads. */
  | { type: 2; invocationId: string; item: unknown }
  /** The end of an upload, or the answer to a call of the server. */
  | { type: 3; invocationId: string; result?: unknown; error?: string | undefined }
  | { type: 5; invocationId: string }
  | { type: 6 }
  | { type: 7; error?: string | undefined }
  /** Ack and Sequence of a stateful connection. */
  | { type: 8 | 9; sequenceId: number }
  /** A type that this version does not know. */
  | { type: 0 };

/** A call (1), or a call that is answered by a stream (4). */
export interface Invocation {
  type: 1 | 4;
  target: string;
  arguments: unknown[];
  invocationId?: string | undefined;
  /** Streams that the client uploads with it. */
  streamIds?: string[] | undefined;
}

/** What the server sends after the handshake. */
export type ServerMessage =
  | { type: 1; target: string; arguments: unknown[]; invocationId?: string }
  | { type: 2; invocationId: string; item: unknown }
  | { type: 3; invocationId: string; result?: unknown; error?: string }
  | { type: 6 }
  | { type: 7; error?: string; allowReconnect?: boolean }
  | { type: 8 | 9; sequenceId: number };

export interface ReadMessage {
  message: ClientMessage;
  /** Where the next message begins. */
  end: number;
}

/** One encoding of the hub protocol. It keeps no state: a connection keeps what it has not read yet. */
export interface HubCodec {
  readonly name: string;
  /** The newest version of the protocol that is understood; 2 differs from 1 only in stateful reconnect. */
  readonly version: number;
  /** Whether it needs a transport for bytes. */
  readonly binary: boolean;
  /** Reads the message at an offset; undefined when it is not complete yet. Throws ProtocolFault. */
  read(bytes: Buffer, from: number): ReadMessage | undefined;
  /** The message as a whole WebSocket frame. */
  frame(message: ServerMessage): Buffer;
}

/** The peer does not speak the protocol. The text is for our log: the peer is told one sentence, as .NET does. */
export class ProtocolFault extends Error {
  override name = "ProtocolFault";
  /** What the socket is closed with (RFC 6455, 7.4.1). */
  readonly closeCode: number = 1002;
}

class TooLong extends ProtocolFault {
  override readonly closeCode = 1009;
}

/** Messages that a stateful connection numbers, keeps and sends again; the others are only of the moment. */
export function isNumbered(type: number): boolean {
  return type >= 1 && type <= 5;
}

/** As deep as System.Text.Json reads. */
export const maxDepth = 64;

/** Throws ProtocolFault for a message longer than it may be. */
export function boundMessage(length: number, atMost: number): void {
  if (length > atMost) throw new TooLong(`The maximum message size of ${atMost}B was exceeded.`);
}
