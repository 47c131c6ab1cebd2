import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { allOperations } from "../../operations.ts";
import { FrameWriter } from "../../realtime/connection.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { SubscribeOptions, Subscription } from "../../realtime/subscription.ts";
import type { Services } from "../../services.ts";
import { type HubAddress, readAddress } from "./address.ts";
import { ConnectionTokens, newConnectionId } from "./connection-token.ts";
import { authenticateHub } from "./credentials.ts";
import { HubConnection, type HubHost } from "./hub-connection.ts";
import { createSocketServer, type HubSocket } from "./hub-socket.ts";
import { HubMethods } from "./methods.ts";
import { registerRoutes } from "./routes.ts";
import { plainAnswers, refuseUpgrade, toPlainAnswer } from "./upgrade-answer.ts";

export interface HubDeps {
  services: Services;
  realtime: Pick<Realtime, "subscribe" | "open" | "closed">;
  log: Logger;
  nodeId: string;
  now?: () => number;
}

export interface SignalrHub {
  /** Takes over a socket whose request is for a hub. `url` is its address. The caller listens for the socket's errors. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, at: { tenant: string; url: URL }): void;
  routes(app: FastifyInstance): void;
  /** Tells every client to come back, and waits until they are gone, at most some seconds. */
  close(): Promise<void>;
}

/** The SignalR hub of a node: the operation catalogue as hub methods, and the log as one event. */
export function createSignalrHub(deps: HubDeps): SignalrHub {
  return new Hub(deps);
}

const drainMs = 6000;

class Hub implements SignalrHub, HubHost {
  readonly methods: HubMethods;
  readonly log: Logger;
  readonly now: () => number;
  private readonly deps: HubDeps;
  private readonly tokens: ConnectionTokens;
  private readonly sockets = createSocketServer();
  private readonly connections = new Map<string, HubConnection>();
  private draining = false;

  constructor(deps: HubDeps) {
    const { services, log } = deps;
    this.deps = deps;
    this.log = log;
    this.now = deps.now ?? Date.now;
    this.tokens = new ConnectionTokens(services.settings.authSecret);
    this.methods = new HubMethods({ operations: allOperations, services, log });
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, at: { tenant: string; url: URL }): void {
    this.upgrade(request, socket, head, at).catch((error) => {
      const answer = toPlainAnswer(error);
      if (answer.status === 500) this.log.error({ err: error }, "a hub upgrade failed");
      refuseUpgrade(socket, answer);
    });
  }

  routes(app: FastifyInstance): void {
    registerRoutes(app, { services: this.deps.services, tokens: this.tokens, now: this.now });
  }

  async close(): Promise<void> {
    this.draining = true;
    // Those who came in after realtime told the others.
    for (const connection of [...this.connections.values()]) connection.disconnect("shutdown");
    const until = Date.now() + drainMs;
    while (this.connections.size + this.methods.active > 0 && Date.now() < until) await sleep(20);
    this.sockets.close();
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    return this.deps.realtime.subscribe(options);
  }

  expired(connection: HubConnection, now: number): void {
    const { tenantId, expiresAt = now } = connection.principal;
    this.deps.services.security.snapshot(tenantId).then(
      (snapshot) => {
        const graceMs = (snapshot?.settings.tokenExpiry.grace ?? 0) * 1000;
        if (now >= expiresAt + graceMs) connection.disconnect("expired");
      },
      // The next sweep asks again.
      (error) => this.log.warn({ err: error, tenantId }, "a tenant's grace period could not be read"),
    );
  }

  closed(connection: HubConnection): void {
    if (this.connections.get(connection.id) !== connection) return;
    this.connections.delete(connection.id);
    this.deps.realtime.closed(connection);
  }

  private async upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { tenant, url }: { tenant: string; url: URL },
  ): Promise<void> {
    const address = readAddress(url);
    const { services } = this.deps;
    const { accessToken } = address;
    const ip = () => request.socket.remoteAddress ?? "";
    const principal = await authenticateHub(services, { tenant, headers: request.headers, accessToken, ip });
    const id = address.id === undefined ? newConnectionId() : this.tokens.redeem(address.id, principal, this.now());
    if (id === undefined) return refuseUpgrade(socket, plainAnswers.idUnknown);
    const snapshot = await services.security.snapshot(principal.tenantId);
    if (this.draining || !snapshot) throw new DomainError("unavailable", { retryAfter: 1 });
    const frameRate = snapshot.settings.rates.frames;
    // In the turn in which it is taken: of two with one id, the one that is not registered would be out of every sweep's sight.
    if (this.connections.has(id)) return refuseUpgrade(socket, plainAnswers.idInUse);
    this.sockets.handleUpgrade(request, socket, head, (ws) =>
      this.connect(ws, socket, { id, principal, address, frameRate }),
    );
  }

  private connect(ws: HubSocket, socket: Duplex, at: Opening): void {
    const makeWriter = (onSlow: () => void) => new FrameWriter(ws, socket, onSlow);
    const connection = new HubConnection(this, { ...at, socket: ws, makeWriter });
    ws.join(connection);
    this.connections.set(at.id, connection);
    try {
      this.deps.realtime.open(connection);
    } catch (error) {
      this.log.info(
        { tenantId: at.principal.tenantId, code: toPlainAnswer(error).text },
        "a hub connection was refused",
      );
      connection.disconnect("too_many");
    }
  }
}

interface Opening {
  id: string;
  principal: Principal;
  address: HubAddress;
  frameRate: { rate: number; burst: number };
}
