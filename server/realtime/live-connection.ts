import type { Principal } from "../auth/principal.ts";
import type { DisconnectReason } from "./disconnect.ts";

/** An open connection of any protocol, as the one sweep over all of them sees it. */
export interface LiveConnection {
  readonly id: string;
  readonly principal: Principal;
  readonly protocol: "signalr" | "pusher" | "trpc" | "sse";
  readonly openedAt: number;
  /** Called about once a second: pings and time-outs. No connection has a timer of its own. */
  sweep(now: number): void;
  disconnect(reason: DisconnectReason): void;
}
