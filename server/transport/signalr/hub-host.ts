import type { Logger } from "pino";
import type { Principal } from "../../auth/principal.ts";
import type { Rate } from "../../limiter.ts";
import type { SubscribeOptions, Subscription } from "../../realtime/subscription.ts";
import type { HubAddress } from "./address.ts";
import type { HubConnection } from "./hub-connection.ts";
import type { HubSocket } from "./hub-socket.ts";
import type { Link } from "./link.ts";
import type { HubMethods } from "./methods.ts";

/** What all connections of a node share. */
export interface HubHost {
  readonly methods: HubMethods;
  readonly log: Logger;
  readonly now: () => number;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Bytes that came, or a frame that goes, for whoever inspects the tenant. */
  tapped(connection: HubConnection, kind: "in" | "out", bytes: Buffer): void;
  /** The token's time is over; the host knows the tenant's grace. */
  expired(connection: HubConnection, now: number): void;
  /** The token's time is soon over, of a client that can be asked for a new one. */
  expiring(connection: HubConnection, expiresAt: number): void;
  /** A socket that belongs to no connection any more is kept, silent, until its client or this node goes. */
  abandoned(socket: HubSocket): void;
  /** @param told whether the client was told that it is over */
  closed(connection: HubConnection, told: boolean): void;
}

export interface ConnectionOptions {
  id: string;
  principal: Principal;
  /** What the client calls itself. */
  client: string | undefined;
  address: HubAddress;
  frameRate: Rate;
  /** How many calls run at once. */
  parallel: number;
  makeLink(onSlow: () => void): Link;
}
