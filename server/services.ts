import type { TenantId } from "./auth/principal.ts";
import type { TenantSecurity } from "./auth/tenant-security.ts";
import type { TrustProxy } from "./client-address.ts";
import type { Certificates } from "./domain/mail/fetch-certificate.ts";
import type { EventType } from "./events.ts";
import type { Limiter } from "./limiter.ts";
import type { Cursors } from "./log/cursor.ts";
import type { MinuteLog } from "./minute-log.ts";
import type { Database } from "./persistence/database.ts";
import type { RequestLog } from "./request-log.ts";

export interface PresenceState {
  userId: string;
  state: "online" | "away" | "offline";
  lastSeen: string | null;
}

/** A frame on the wire, or what became of its connection. */
export interface InspectedFrame {
  at: string;
  kind: "connect" | "identify" | "in" | "out" | "disconnect" | "skipped";
  protocol?: "signalr" | "pusher" | "trpc" | "sse";
  connectionId?: string;
  userId?: string;
  bytes?: number;
  text?: string;
  cut?: true;
  count?: number;
}

export interface InspectOptions {
  after?: string | undefined;
  seconds: number;
  signal?: AbortSignal | undefined;
}

export interface Inspection {
  frames: InspectedFrame[];
  next: string;
}

/** What operations may ask of the live side. Implemented by realtime/, which operations do not import. */
export interface Live {
  /** Says that a user types in a chat; expires by itself. Lost when nobody listens. */
  typing(tenantId: TenantId, userId: string, chatId: string): void;
  /** Shows a member's read position to the others of a small chat. */
  receipt(tenantId: TenantId, userId: string, chatId: string, seq: number): void;
  /** Marks the user's connections on this node as away or active. */
  setAway(tenantId: TenantId, userId: string, away: boolean): Promise<void>;
  presence(tenantId: TenantId, userIds: string[]): Promise<PresenceState[]>;
  /** Holds until an event of these kinds that the user (or, without one, the tenant) sees comes, or the time is over. */
  waitForEvent(
    tenantId: TenantId,
    userId: string | undefined,
    after: number,
    options: { seconds: number; signal?: AbortSignal | undefined; kinds?: ReadonlySet<EventType> | undefined },
  ): Promise<void>;
  /** Frames of the tenant's sockets on all nodes, recorded for as long as somebody asks. */
  inspect(tenantId: TenantId, options: InspectOptions): Promise<Inspection>;
  /**
   * Forgets what was read of the tenant and of the console's sessions, and closes open connections whose credential is no longer good;
   * also on the other nodes, within seconds.
   */
  recheck(tenantId: TenantId): void;
  /** Closes a connection for good, on whatever node it is. What is lost on the way is made up for by the list of connections. */
  disconnect(tenantId: TenantId, connectionId: string): void;
}

/** What every operation works with. Made once a process. */
export interface Services {
  db: Database;
  cursors: Cursors;
  live: Live;
  security: TenantSecurity;
  limiter: Limiter;
  /** What the tenant sees of the calls that are made to it. */
  requests: Pick<RequestLog, "note" | "refused">;
  /** Where calls are counted for the tenant's charts. */
  minutes: Pick<MinuteLog, "note" | "flush">;
  /** The clock of what operations do by the time, in ms since 1970. */
  now(): number;
  /** Of Amazon SNS */
  certificates: Certificates;
  settings: {
    baseUrl: string;
    authSecret: string;
    /** There is a mail server for tenants that have none of their own. */
    mailServer: boolean;
    /** Whom to believe that mail of that server came back. */
    bounces: { snsTopicArn?: string | undefined; postmarkSecret?: string | undefined };
    loopback: boolean;
    startedAt: number;
    trustProxy: TrustProxy;
    /** Whether everybody may make a tenant, or only who was invited. */
    signUp: "open" | "invite";
  };
}
