import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { errorTable, headersOfError, toDomainError } from "../../errors.ts";
import { refuse } from "../../realtime/upgrade.ts";

/** An answer in plain text. SignalR's clients show the text to people. */
export interface PlainAnswer {
  status: number;
  text: string;
  headers?: Record<string, string>;
}

/** .NET's words for what a hub's address cannot do. */
export const plainAnswers = {
  idMissing: { status: 400, text: "Connection ID required" },
  idUnknown: { status: 404, text: "No Connection with that ID" },
  idInUse: { status: 409, text: "The connection is already in use" },
  idElsewhere: { status: 400, text: "Cannot change transports mid-connection" },
  postToSocket: { status: 405, text: "POST requests are not allowed for WebSocket connections." },
  deleteOfSocket: { status: 400, text: "Cannot terminate this connection using the DELETE endpoint." },
  method: { status: 405, text: "Method not allowed" },
} as const satisfies Record<string, PlainAnswer>;

/** An error as plain text: its title, and its detail when it has one. */
export function toPlainAnswer(error: unknown): PlainAnswer {
  const known = toDomainError(error);
  const { code, status, face } = known;
  const { title } = errorTable[code];
  return { status, text: face.detail ? `${title}: ${face.detail}` : title, headers: headersOfError(known) };
}

/** Answers an upgrade that is refused, and ends the socket. */
export function refuseUpgrade(socket: Duplex, { status, text, headers }: PlainAnswer): void {
  refuse(socket, `${status} ${STATUS_CODES[status]}`, headers, text);
}
