import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../auth/principal.ts";
import { clientOf } from "../../realtime/live-connection.ts";
import type { HubAddress } from "./address.ts";
import type { ConnectionClaim } from "./connection-token.ts";
import { EventStreamLink } from "./event-stream-link.ts";
import { HttpLink } from "./http-link.ts";
import type { Hub } from "./hub.ts";
import type { HubConnection } from "./hub-connection.ts";
import type { Link, Peer } from "./link.ts";
import { answerPoll, PollLink } from "./poll-link.ts";
import { type PlainAnswer, plainAnswers } from "./upgrade-answer.ts";

/** A request for a connection that lives on this node, or is to. */
export interface HubRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  claim: ConnectionClaim;
  principal: Principal;
  address: HubAddress;
}

type Answered = FastifyReply | PlainAnswer;

/** GET of a client that takes Server-Sent Events: one stream a connection. */
export async function openStream(hub: Hub, at: HubRequest): Promise<Answered> {
  const { reply } = at;
  const open = hub.find(at.claim.connectionId);
  if (open) return open.link.transport === "ServerSentEvents" ? plainAnswers.idInUse : plainAnswers.idElsewhere;
  const connection = await connect(hub, at, (peer) => new EventStreamLink(reply.raw, peer));
  if (!connection) return plainAnswers.idUnknown;
  reply.hijack();
  reply.raw.once("close", () => connection.closed());
  (connection.link as EventStreamLink).begin(headersOf(reply));
  hub.welcome(connection);
  return reply;
}

/** GET of any other client: the first makes the connection and is answered at once, each further one waits for something to say. */
export async function poll(hub: Hub, at: HubRequest): Promise<Answered> {
  const { reply, claim } = at;
  const open = hub.find(claim.connectionId);
  if (open && !(open.link instanceof PollLink)) return plainAnswers.idElsewhere;
  if (open?.link instanceof PollLink) {
    reply.hijack();
    open.link.take(reply.raw, headersOf(reply));
    return reply;
  }
  if (hub.saidGoodbye(claim.connectionId)) {
    reply.hijack();
    answerPoll(reply.raw, headersOf(reply), 204, Buffer.alloc(0));
    return reply;
  }
  let gone = () => {};
  const connection = await connect(hub, at, (peer) => new PollLink({ ...peer, now: hub.now, onGone: () => gone() }));
  if (!connection) return plainAnswers.idUnknown;
  gone = () => connection.closed();
  // Now, not with the next poll: of a client that asks no more nobody would ever hear.
  hub.enter(connection);
  reply.hijack();
  answerPoll(reply.raw, headersOf(reply), 200, Buffer.alloc(0));
  return reply;
}

/** POST: what the client says. It waits while the connection reads no more. */
export async function post(hub: Hub, { request, reply, claim }: HubRequest): Promise<Answered> {
  const connection = hub.find(claim.connectionId);
  if (!connection) return plainAnswers.idUnknown;
  if (!(connection.link instanceof HttpLink)) return plainAnswers.postToSocket;
  if (!(await connection.link.readable())) connection.disconnect("flooding");
  if (hub.find(claim.connectionId) !== connection || connection.isEnded) return plainAnswers.idUnknown;
  const body = request.body as Buffer | undefined;
  if (body && body.length > 0) connection.receive(body);
  return reply.code(200).type("text/plain; charset=utf-8").send("");
}

/** DELETE: the client of a long poll ends it. */
export async function deleteConnection(hub: Hub, { reply, claim }: HubRequest): Promise<Answered> {
  const connection = hub.find(claim.connectionId);
  if (!connection) return plainAnswers.idUnknown;
  if (!(connection.link instanceof PollLink)) return plainAnswers.deleteOfSocket;
  connection.link.hangUp();
  return reply.code(202).type("text/plain; charset=utf-8").send("");
}

/** Undefined when no connection may be made with the token any more, or the client has gone. */
async function connect(
  hub: Hub,
  { request, reply, claim, principal, address }: HubRequest,
  makeLinkTo: (peer: Peer) => Link,
): Promise<HubConnection | undefined> {
  const settings = await hub.settingsOf(principal);
  if (!hub.mayConnect(claim) || reply.raw.destroyed) return undefined;
  const client = clientOf(request.headers);
  const { ip } = request;
  const makeLink = (onSlow: () => void) => makeLinkTo({ onSlow, ip: () => ip });
  return hub.connect({ id: claim.connectionId, principal, client, address, settings, stateful: false, makeLink });
}

/** What Fastify would have sent with an answer of its own. */
function headersOf(reply: FastifyReply): Record<string, string> {
  return reply.getHeaders() as Record<string, string>;
}
