import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { endOutlived, payForOpening } from "../../access.ts";
import type { Principal } from "../../auth/principal.ts";
import { clientAddress } from "../../client-address.ts";
import type { TenantSettings } from "../../domain/tenants/schema.ts";
import { DomainError } from "../../errors.ts";
import { allOperations } from "../../operations.ts";
import { payloadOf } from "../../realtime/connection.ts";
import { refusalOf } from "../../realtime/disconnect.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { SubscribeOptions, Subscription } from "../../realtime/subscription.ts";
import type { Services } from "../../services.ts";
import { type VisitorSeal, visitorHeader, visitorSeal } from "../../visitor-address.ts";
import type { HubAddress } from "./address.ts";
import { type ConnectionClaim, ConnectionTokens, isFresh, validMs } from "./connection-token.ts";
import { authenticateHub, type Shown } from "./credentials.ts";
import { frameText } from "./frame-text.ts";
import { HubConnection } from "./hub-connection.ts";
import type { HubHost } from "./hub-host.ts";
import type { HubSocket } from "./hub-socket.ts";
import type { Link } from "./link.ts";
import { HubMethods } from "./methods.ts";
import { NodeRouting } from "./node-routing.ts";
import { PollLink } from "./poll-link.ts";
import { Renewals } from "./renewals.ts";
import { registerRoutes } from "./routes.ts";
import { StatefulConnection } from "./stateful-connection.ts";
import { refuseUpgrade, toPlainAnswer } from "./upgrade-answer.ts";
import { Upgrades } from "./upgrades.ts";

export interface HubDeps {
  services: Services;
  realtime: Pick<Realtime, "subscribe" | "abandon" | "open" | "closed" | "urlOf" | "tap">;
  log: Logger;
  nodeId: string;
}

const drainMs = 6000;

/** A connection that is to be made. */
export interface Opening {
  id: string;
  principal: Principal;
  client: string | undefined;
  address: HubAddress;
  settings: TenantSettings;
  stateful: boolean;
  makeLink(onSlow: () => void): Link;
}

/** The SignalR hub of a node: the operation catalogue as hub methods, and the log as one event. */
export class Hub implements HubHost {
  readonly methods: HubMethods;
  readonly log: Logger;
  readonly nodeId: string;
  readonly now = Date.now;
  readonly tokens: ConnectionTokens;
  readonly routing: NodeRouting;
  private readonly visitors: VisitorSeal;
  draining = false;
  private readonly deps: HubDeps;
  private readonly upgrades = new Upgrades(this);
  private readonly renewals = new Renewals(this);
  private readonly connections = new Map<string, HubConnection>();
  /** Ids whose connection has gone, for as long as their token would make another; true for those that were told so. */
  private readonly gone = new LRUCache<string, boolean>({ maxSize: 100_000, sizeCalculation: () => 1, ttl: validMs });

  constructor(deps: HubDeps) {
    const { services, log, realtime, nodeId } = deps;
    this.deps = deps;
    this.log = log;
    this.nodeId = nodeId;
    this.tokens = new ConnectionTokens(services.settings.authSecret);
    this.visitors = visitorSeal(services.settings.authSecret);
    this.routing = new NodeRouting(realtime, this.visitors);
    this.methods = new HubMethods({ operations: allOperations, services, log, realtime });
  }

  /** Takes over a socket whose request is for a hub. `url` is its address. The caller listens for the socket's errors. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, at: { tenant: string; url: URL }): void {
    this.upgrades.take(request, socket, head, at).catch((error) => {
      const answer = toPlainAnswer(error);
      if (answer.status === 500) this.log.error({ err: error }, "a hub upgrade failed");
      refuseUpgrade(socket, answer);
    });
  }

  routes(app: FastifyInstance): void {
    registerRoutes(app, this);
  }

  /** Tells every client to come back, and waits until they are gone, at most some seconds. */
  async close(): Promise<void> {
    this.draining = true;
    for (const connection of [...this.connections.values()]) {
      connection.disconnect("shutdown");
      if (connection.link instanceof PollLink) connection.link.hangUp();
    }
    const until = Date.now() + drainMs;
    while (this.connections.size + this.methods.active > 0 && Date.now() < until) await sleep(20);
    this.upgrades.close();
    this.routing.close();
  }

  authenticate(shown: Shown): Promise<Principal> {
    return authenticateHub(this.deps.services, shown);
  }

  /** A connection is paid for when it is negotiated, or else when its socket comes. Throws `rate_limited`. */
  payForOpening(principal: Principal): Promise<void> {
    return payForOpening(this.deps.services, principal);
  }

  /** What another node has found out, when it comes by way of that. */
  addressOf(request: Pick<IncomingMessage, "socket" | "headers">): string {
    const sealed = request.headers[visitorHeader];
    const visitor = typeof sealed === "string" ? this.visitors.open(sealed) : undefined;
    return visitor ?? clientAddress(request, this.deps.services.settings.trustProxy);
  }

  /** Throws `unavailable` while the node ends. */
  async settingsOf({ tenantId }: Principal): Promise<TenantSettings> {
    const snapshot = await this.deps.services.security.snapshot(tenantId);
    if (this.draining || !snapshot) throw new DomainError("unavailable", { retryAfter: 1 });
    return snapshot.settings;
  }

  find(id: string): HubConnection | undefined {
    return this.connections.get(id);
  }

  /** Whether a connection may be made with a claim now. To be asked in the turn in which it is made. */
  mayConnect({ connectionId, ...claim }: ConnectionClaim): boolean {
    const isKnown = this.connections.has(connectionId) || this.gone.has(connectionId);
    return !isKnown && isFresh({ connectionId, ...claim }, this.now());
  }

  /** Whether a connection has gone whose client was told so. */
  saidGoodbye(id: string): boolean {
    return this.gone.get(id) ?? false;
  }

  /** Makes a connection. In the turn in which its id was free: one that is not registered would be out of every sweep's sight. */
  connect({ settings, stateful, ...opening }: Opening): HubConnection {
    const options = {
      ...opening,
      frameRate: settings.rates.frames,
      parallel: settings.hub.parallelInvocations,
    };
    const connection = stateful ? new StatefulConnection(this, options) : new HubConnection(this, options);
    this.connections.set(connection.id, connection);
    return connection;
  }

  /** Lets a connection take part. Throws `rate_limited`, and forgets it, when its user has too many. */
  enter(connection: HubConnection): void {
    try {
      this.deps.realtime.open(connection);
    } catch (error) {
      connection.closed();
      throw error;
    }
  }

  /** The same, when its client can be told that it may not. */
  welcome(connection: HubConnection): void {
    try {
      this.deps.realtime.open(connection);
    } catch (error) {
      const { tenantId } = connection.principal;
      const reason = refusalOf(error);
      if (reason === "internal") this.log.error({ err: error, tenantId }, "a hub connection could not be taken in");
      else this.log.info({ tenantId, code: toPlainAnswer(error).text }, "a hub connection was refused");
      connection.disconnect(reason);
    }
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    return this.deps.realtime.subscribe(options);
  }

  tapped(connection: HubConnection, kind: "in" | "out", bytes: Buffer): void {
    const { tap } = this.deps.realtime;
    if (!tap.on) return;
    const payload = kind === "out" ? payloadOf(bytes) : bytes;
    tap.frame(connection, kind, { bytes: payload.length, read: () => frameText(payload) });
  }

  expired(connection: HubConnection, now: number): void {
    endOutlived(this.deps, connection, now);
  }

  expiring(connection: HubConnection, expiresAt: number): void {
    this.renewals.ask(connection, expiresAt);
  }

  abandoned(socket: HubSocket): void {
    this.upgrades.keep(socket);
  }

  closed(connection: HubConnection, told: boolean): void {
    if (this.connections.get(connection.id) !== connection) return;
    this.connections.delete(connection.id);
    this.gone.set(connection.id, told);
    this.deps.realtime.closed(connection);
  }
}
