import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { clientOf } from "../../realtime/live-connection.ts";
import { visitorHeader } from "../../visitor-address.ts";
import { readAddress } from "./address.ts";
import { newConnectionId } from "./connection-token.ts";
import type { Hub } from "./hub.ts";
import type { HubConnection } from "./hub-connection.ts";
import { createSocketServer, type HubSocket, SocketLink } from "./hub-socket.ts";
import { StatefulConnection } from "./stateful-connection.ts";
import { plainAnswers, refuseUpgrade } from "./upgrade-answer.ts";

/** The upgrade of a client that is back may come before the end of its old socket, by so many ms. */
const overtakenByMs = 100;

/** A client has one such socket at most; with more than this the oldest is ended. */
const maxStrays = 1000;

/** A request that asks to be a socket. */
export interface Knock {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** The WebSocket transport: makes connections of upgrades, or gives a stateful one its next socket. */
export class Upgrades {
  private readonly server = createSocketServer();
  private readonly strays = new Set<HubSocket>();
  private readonly hub: Hub;

  constructor(hub: Hub) {
    this.hub = hub;
  }

  /** Throws DomainError for one that may not connect. */
  async take(request: IncomingMessage, socket: Duplex, head: Buffer, at: { tenant: string; url: URL }): Promise<void> {
    const { hub } = this;
    const knock = { request, socket, head };
    const address = readAddress(at.url);
    const { accessToken, id } = address;
    const ip = () => hub.addressOf(request);
    const principal = await hub.authenticate({ tenant: at.tenant, headers: request.headers, accessToken, ip });
    const claim = id === undefined ? undefined : hub.tokens.readOf(id, principal);
    if (id !== undefined && !claim) return refuseUpgrade(socket, plainAnswers.idUnknown);
    if (claim?.stateful && claim.nodeId !== hub.nodeId) return hub.routing.forwardUpgrade(knock, ip(), claim.nodeId);
    const open = claim && hub.find(claim.connectionId);
    if (open) return this.comeBack(open, principal, knock);
    if (!claim) await hub.payForOpening(principal);
    const settings = await hub.settingsOf(principal);
    if (claim && hub.find(claim.connectionId)) return refuseUpgrade(socket, plainAnswers.idInUse);
    if (claim && !hub.mayConnect(claim)) return refuseUpgrade(socket, plainAnswers.idUnknown);
    const client = clientOf(request.headers);
    const opening = { id: claim?.connectionId ?? newConnectionId(), principal, client, address, settings };
    this.server.handleUpgrade(request, socket, head, (ws) => {
      const makeLink = (onSlow: () => void) => new SocketLink(ws, socket, { onSlow, ip: ipOf(knock, hub) });
      const connection = hub.connect({ ...opening, stateful: claim?.stateful ?? false, makeLink });
      ws.join(connection, connection.link as SocketLink);
      hub.welcome(connection);
    });
  }

  /** Keeps a socket that is nobody's, to be ended with the node. */
  keep(stray: HubSocket): void {
    if (stray.readyState === stray.CLOSED) return;
    const [oldest] = this.strays;
    if (oldest && this.strays.size >= maxStrays) oldest.terminate();
    this.strays.add(stray);
    stray.once("close", () => this.strays.delete(stray));
  }

  close(): void {
    for (const stray of this.strays) stray.terminate();
    this.server.close();
  }

  /** Gives a connection that is open its next socket, if it is one that has several in its life. */
  private async comeBack(open: HubConnection, principal: Principal, knock: Knock): Promise<void> {
    const { request, socket, head } = knock;
    if (open.link.transport !== "WebSockets") return refuseUpgrade(socket, plainAnswers.idElsewhere);
    if (!(open instanceof StatefulConnection)) return refuseUpgrade(socket, plainAnswers.idInUse);
    if (open.hasSocket) await sleep(overtakenByMs);
    if (this.hub.draining) throw new DomainError("unavailable", { retryAfter: 1 });
    if (!open.isResumable || this.hub.find(open.id) !== open) return refuseUpgrade(socket, plainAnswers.idUnknown);
    this.server.handleUpgrade(request, socket, head, (ws: HubSocket) => {
      const onSlow = () => open.disconnect("slow_consumer");
      const link = new SocketLink(ws, socket, { onSlow, ip: ipOf(knock, this.hub) });
      open.attach(link, principal);
      ws.join(open, link);
    });
  }
}

/** Holds on to nothing of the request but what says where it came from: a connection lives long. */
function ipOf({ request }: Pick<Knock, "request">, hub: Hub): () => string {
  const { socket, headers } = request;
  const kept = ["x-forwarded-for", visitorHeader].filter((name) => headers[name] !== undefined);
  const from = { socket, headers: Object.fromEntries(kept.map((name) => [name, headers[name]])) };
  return () => hub.addressOf(from);
}
