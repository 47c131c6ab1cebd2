import { DomainError } from "../errors.ts";

/** Why the server ends a connection, and what each protocol tells its client. `again` decides whether the client comes back. */
export const disconnects = {
  shutdown: { again: true, ws: 1001, pusher: 4200, text: "The server is restarting" },
  slow_consumer: {
    again: true,
    ws: 1013,
    pusher: 4200,
    text: "The connection reads too slowly; it resumes where it was",
  },
  log_reset: { again: true, ws: 1012, pusher: 4200, text: "The log was restored; reload" },
  expired: { again: true, ws: 4401, pusher: 4200, text: "The token has run out" },
  revoked: { again: false, ws: 4403, pusher: 4009, text: "The credential is no longer valid" },
  terminated: { again: false, ws: 4403, pusher: 4009, text: "Disconnected by an operator" },
  too_many: { again: false, ws: 4429, pusher: 4004, text: "Too many connections of this user" },
  flooding: { again: true, ws: 4429, pusher: 4100, text: "Too many frames" },
  // A SignalR client's time-out, in the words of .NET's server.
  idle: {
    again: true,
    ws: 1001,
    pusher: 4202,
    text: "Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
  },
  no_pong: { again: true, ws: 1001, pusher: 4201, text: "The client did not answer a ping" },
  // A client that came back at once, as on 4200, would ask a database that is away for the same without a pause.
  internal: { again: true, ws: 1011, pusher: 4100, text: "Something went wrong here" },
} as const;

export type DisconnectReason = keyof typeof disconnects;

/** What a client is told whose connection could not be registered: to stay away only where its user has too many. */
export function refusalOf(error: unknown): "too_many" | "internal" {
  return error instanceof DomainError && error.code === "rate_limited" ? "too_many" : "internal";
}
