import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { acceptsEventStream } from "../../accept.ts";
import { limits } from "../../schema.ts";
import { readAddress, readQuery } from "./address.ts";
import { deleteConnection, openStream, poll, post } from "./http-transports.ts";
import type { Hub } from "./hub.ts";
import { negotiate, redirectOf } from "./negotiate.ts";
import { type PlainAnswer, plainAnswers, toPlainAnswer } from "./upgrade-answer.ts";

const hubPath = "/tenant/:tenant/v1/hub";

/** The hub's HTTP side: negotiation, Server-Sent Events and long polling. */
export function registerRoutes(app: FastifyInstance, hub: Hub): void {
  const others = ["GET", "PUT", "PATCH", "DELETE"];
  const negotiateUrl = `${hubPath}/negotiate`;
  app.post(negotiateUrl, guarded(answerNegotiate, hub));
  app.route({ method: others, url: negotiateUrl, handler: (_request, reply) => send(reply, plainAnswers.method) });
  app.route({
    method: ["POST", ...others],
    url: hubPath,
    exposeHeadRoute: false,
    bodyLimit: limits.bodyBytes,
    handler: guarded(answerHub, hub),
  });
}

/** A reply is a promise of its own end: awaited, one that was sent gives nothing. */
type Handler = (request: FastifyRequest, reply: FastifyReply, hub: Hub) => Promise<PlainAnswer | FastifyReply>;

/** Errors, and what a handler says in a few words, are told in plain text. */
function guarded(handle: Handler, hub: Hub) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.header("cache-control", "no-store");
    try {
      const answer = (await handle(request, reply, hub)) as PlainAnswer | undefined;
      return answer ? send(reply, answer) : reply;
    } catch (error) {
      const answer = toPlainAnswer(error);
      if (answer.status === 500) request.log.error({ err: error }, "a request to the hub failed");
      return send(reply, answer);
    }
  };
}

async function answerNegotiate(request: FastifyRequest, reply: FastifyReply, hub: Hub): Promise<FastifyReply> {
  const url = urlOf(request);
  const principal = await hub.authenticate(shownOf(request, url));
  await hub.payForOpening(principal);
  const { url: hubUrl } = (await hub.settingsOf(principal)).hub;
  const elsewhere = redirectOf(hubUrl ?? undefined, url, request.host);
  if (elsewhere !== undefined) return reply.send({ negotiateVersion: 0, url: elsewhere });
  const query = readQuery(url);
  const asked = { version: query.get("negotiateversion"), stateful: query.get("usestatefulreconnect"), principal };
  return reply.send(negotiate(asked, { tokens: hub.tokens, nodeId: hub.nodeId, now: hub.now() }));
}

async function answerHub(request: FastifyRequest, reply: FastifyReply, hub: Hub): Promise<FastifyReply | PlainAnswer> {
  const url = urlOf(request);
  const address = readAddress(url);
  const { method } = request;
  if (method !== "GET" && method !== "POST" && method !== "DELETE") return plainAnswers.method;
  if (address.id === undefined) return plainAnswers.idMissing;
  if (!hub.tokens.read(address.id)) return plainAnswers.idUnknown;
  const principal = await hub.authenticate(shownOf(request, url));
  const claim = hub.tokens.readOf(address.id, principal);
  if (!claim) return plainAnswers.idUnknown;
  if (claim.nodeId !== hub.nodeId) return hub.routing.forward(request, reply, claim.nodeId);
  const at = { request, reply, claim, principal, address };
  if (method === "POST") return post(hub, at);
  if (method === "DELETE") return deleteConnection(hub, at);
  return acceptsEventStream(request.headers.accept) ? openStream(hub, at) : poll(hub, at);
}

function shownOf(request: FastifyRequest, url: URL) {
  const { tenant } = request.params as { tenant: string };
  return { tenant, headers: request.headers, accessToken: readAddress(url).accessToken, ip: () => request.ip };
}

function send(reply: FastifyReply, { status, text, headers = {} }: PlainAnswer): FastifyReply {
  return reply.code(status).headers(headers).type("text/plain; charset=utf-8").send(text);
}

function urlOf(request: FastifyRequest): URL {
  return new URL(request.url, "http://hub");
}
