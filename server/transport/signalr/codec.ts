/** What a client may send after the handshake, whatever the encoding (HubProtocol.md of dotnet/aspnetcore). */
export type ClientMessage =
  | { type: 1 | 4; target: string; arguments: unknown[]; invocationId?: string }
  | { type: 2 | 3 | 5; invocationId: string }
  | { type: 6 }
  | { type: 7; error?: string }
  /** A type that this version does not know, or one it has no use for. */
  | { type: 0 };

/** What the server sends after the handshake. */
export type ServerMessage =
  | { type: 1; target: string; arguments: unknown[] }
  | { type: 3; invocationId: string; result?: unknown; error?: string }
  | { type: 6 }
  | { type: 7; error?: string; allowReconnect?: boolean };

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
  /** Reads the message at an offset; undefined when it is not complete yet. Throws ProtocolFault. */
  read(bytes: Buffer, from: number): ReadMessage | undefined;
  /** The message as a whole WebSocket frame. */
  frame(message: ServerMessage): Buffer;
}

/** The peer does not speak the protocol. The text is for our log: the peer is told one sentence, as .NET does. */
export class ProtocolFault extends Error {
  override name = "ProtocolFault";
}
