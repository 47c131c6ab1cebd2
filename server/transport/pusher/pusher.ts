import { randomInt } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { endOutlived, letIn, payForAnonymous } from "../../access.ts";
import { ChannelGrants } from "../../auth/channel-grant.ts";
import type { Principal, TenantId } from "../../auth/principal.ts";
import { type PusherApp, tenantOfPusherKey } from "../../auth/pusher-app.ts";
import { recheckPrincipal } from "../../auth/recheck.ts";
import { clientAddress } from "../../client-address.ts";
import { DomainError, toDomainError } from "../../errors.ts";
import { FrameWriter } from "../../realtime/connection.ts";
import { disconnects } from "../../realtime/disconnect.ts";
import { clientName, clientOf } from "../../realtime/live-connection.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Services } from "../../services.ts";
import { keyOfPath, type Refused, refuseProtocol } from "./address.ts";
import { registerHttpApi } from "./http-api.ts";
import { PusherConnection, type PusherHost } from "./pusher-connection.ts";
import { createSocketServer, type PusherSocket } from "./pusher-socket.ts";
import { spreadOut } from "./spread-out.ts";

export interface PusherDeps {
  services: Services;
  realtime: Realtime;
  log: Logger;
}

const drainMs = 6000;
/** The largest that randomInt gives. */
const socketIdPart = 2 ** 48 - 1;

/** Every tenant as a Pusher app: the sockets of its pages, and the HTTP API of its backends. */
export class Pusher implements PusherHost {
  readonly log: Logger;
  readonly now = Date.now;
  readonly realtime: Realtime;
  readonly services: Services;
  private readonly grants: ChannelGrants;
  private readonly sockets = createSocketServer();
  private readonly connections = new Set<PusherConnection>();
  private draining = false;

  constructor({ services, realtime, log }: PusherDeps) {
    this.services = services;
    this.realtime = realtime;
    this.log = log;
    this.grants = new ChannelGrants(services.settings.authSecret);
  }

  /**
   * Takes over a socket whose request is for an app. It is accepted whatever it asks for, and a connection that cannot be is closed
   * with the code that says why: of an upgrade that fails a client knows nothing, and tries for ever.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, { url }: { url: URL }): void {
    const ip = clientAddress(request, this.services.settings.trustProxy);
    const agent = clientOf(request.headers);
    this.sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on("error", () => {}); // a broken socket closes next
      ws.pause(); // nothing is lost of a client that is quicker than we are
      this.open(ws, socket, { url, ip, agent }).catch((error) => refuse(ws, this.reasonOf(error)));
    });
  }

  routes(app: FastifyInstance): void {
    registerHttpApi(app, this.services, this.realtime);
  }

  /** Tells every client to come back, some at a time, or the other nodes had all of them at once; waits until they are gone, at most some seconds. */
  async drain(): Promise<void> {
    this.draining = true;
    const until = Date.now() + drainMs;
    await spreadOut([...this.connections], drainMs / 2, (connection) => connection.disconnect("shutdown"));
    while (this.connections.size > 0 && Date.now() < until) await sleep(20);
  }

  close(): void {
    this.sockets.close();
  }

  async appOf(tenantId: TenantId): Promise<PusherApp | undefined> {
    return (await this.services.security.snapshot(tenantId))?.pusherApp;
  }

  async readGrant(
    { id, tenantId, app }: PusherConnection,
    { channel, auth }: { channel: string; auth: string },
  ): Promise<{ principal: Principal; since: string | undefined } | undefined> {
    if (!auth.startsWith(`${app.key}:`)) return undefined;
    const grant = this.grants.read(tenantId, auth.slice(app.key.length + 1));
    if (!grant || grant.socketId !== id || grant.channel !== channel) return undefined;
    const standing = await recheckPrincipal(this.services.security, grant.principal);
    return standing === "ok" ? grant : undefined;
  }

  expired(connection: PusherConnection, now: number): void {
    endOutlived(this, connection, now);
  }

  closed(connection: PusherConnection): void {
    if (this.connections.delete(connection)) this.realtime.closed(connection);
  }

  private async open(
    ws: PusherSocket,
    socket: Duplex,
    { url, ip, agent }: { url: URL; ip: string; agent: string | undefined },
  ): Promise<void> {
    const wrong = refuseProtocol(url.searchParams);
    if (wrong) return refuse(ws, wrong);
    const key = keyOfPath(url.pathname) ?? "";
    const tenant = tenantOfPusherKey(key) ?? "";
    const { app, tenantId, frameRate } = await this.admit(tenant, key, ip);
    payForAnonymous(this.services.limiter, { tenantId, ip });
    if (ws.readyState !== ws.OPEN) return;
    if (this.draining) return refuse(ws, { code: disconnects.shutdown.pusher, message: disconnects.shutdown.text });
    const client = libraryOf(url.searchParams) ?? agent;
    const makeWriter = (onSlow: () => void) => new FrameWriter(ws, socket, onSlow);
    const id = `${randomInt(1, socketIdPart)}.${randomInt(1, socketIdPart)}`;
    const made = { id, origin: ip, principal: anonymous(tenantId), app, frameRate, client, socket: ws, makeWriter };
    const connection = new PusherConnection(this, made);
    this.realtime.open(connection);
    ws.join(connection);
    this.connections.add(connection);
    connection.greet();
    ws.resume();
  }

  /** Whose app it is. Throws not_found, forbidden (disabled), tenant_suspended, rate_limited. */
  private admit(tenant: string, key: string, ip: string) {
    return letIn(this.services, { tenant, ip }, async () => {
      const snapshot = await this.services.security.snapshot(tenant);
      const app = snapshot?.pusherApp;
      // Guessed keys cost their address what wrong credentials do.
      if (!snapshot || app?.key !== key) throw new DomainError("unauthenticated");
      if (snapshot.suspended) throw new DomainError("tenant_suspended");
      if (!app.enabled) throw new DomainError("tenant_suspended", { detail: "The app is disabled" });
      return { app, tenantId: snapshot.tenantId, frameRate: snapshot.settings.rates.frames };
    });
  }

  private reasonOf(error: unknown): Refused {
    const { code, face } = toDomainError(error);
    if (code === "unauthenticated") return { code: 4001, message: "There is no app of this key" };
    if (code === "tenant_suspended") return { code: 4003, message: "The app is disabled" };
    if (code !== "rate_limited" && code !== "unavailable")
      this.log.error({ err: face.internal ?? error }, "a Pusher connection could not be opened");
    return { code: 4100, message: "There is no room for the connection now" };
  }
}

/** Whoever has the app's key, which is no secret. */
function anonymous(tenantId: TenantId): Principal {
  return { tenantId, kind: "visitor", admin: false, scopes: new Set(), credential: { type: "none" } };
}

/** What Pusher's libraries say of themselves: client=js&version=8.4.0. */
function libraryOf(query: URLSearchParams): string | undefined {
  const [name, version] = [query.get("client"), query.get("version")];
  return name ? clientName(`pusher-${name}${version ? ` ${version}` : ""}`) : undefined;
}

function refuse(ws: PusherSocket, { code, message }: Refused): void {
  ws.resume();
  if (ws.readyState !== ws.OPEN) return;
  // As the first frame it says the same as the code, for libraries that look at nothing else.
  ws.send(errorFrameText(message, code));
  ws.close(code, message);
}

function errorFrameText(message: string, code: number): string {
  return JSON.stringify({ event: "pusher:error", data: JSON.stringify({ message, code }) });
}
