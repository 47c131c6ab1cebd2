import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Services } from "../../services.ts";
import { readAddress, readQuery } from "./address.ts";
import type { ConnectionTokens } from "./connection-token.ts";
import { authenticateHub } from "./credentials.ts";
import { negotiate } from "./negotiate.ts";
import { type PlainAnswer, plainAnswers, toPlainAnswer } from "./upgrade-answer.ts";

interface Options {
  services: Services;
  tokens: ConnectionTokens;
  now: () => number;
}

const hubPath = "/tenant/:tenant/v1/hub";

/** The hub's plain HTTP side. Bodies are not read. */
export function registerRoutes(app: FastifyInstance, options: Options): void {
  const others = ["GET", "PUT", "PATCH", "DELETE"];
  const negotiateUrl = `${hubPath}/negotiate`;
  app.post(negotiateUrl, (request, reply) => answerNegotiate(request, reply, options));
  app.route({ method: others, url: negotiateUrl, handler: (_request, reply) => send(reply, plainAnswers.method) });
  const answer = (request: FastifyRequest, reply: FastifyReply) => send(reply, answerHub(request, options.tokens));
  app.route({ method: ["POST", ...others], url: hubPath, handler: answer });
}

async function answerNegotiate(request: FastifyRequest, reply: FastifyReply, options: Options): Promise<FastifyReply> {
  const url = urlOf(request);
  const { tenant } = request.params as { tenant: string };
  reply.header("cache-control", "no-store");
  try {
    const { accessToken } = readAddress(url);
    const shown = { tenant, headers: request.headers, accessToken, ip: () => request.ip };
    const principal = await authenticateHub(options.services, shown);
    return reply.send(negotiate(readQuery(url).get("negotiateversion"), principal, options.tokens, options.now()));
  } catch (error) {
    const answer = toPlainAnswer(error);
    if (answer.status === 500) request.log.error({ err: error }, "negotiate failed");
    return send(reply, answer);
  }
}

/** Only WebSockets are offered, so everything else about a connection is an error; which one, clients tell apart. */
function answerHub(request: FastifyRequest, tokens: ConnectionTokens): PlainAnswer {
  const { id } = readAddress(urlOf(request));
  const { method, headers } = request;
  if (method === "GET" && headers.accept?.includes("text/event-stream")) return plainAnswers.noTransport;
  if (method !== "GET" && method !== "POST" && method !== "DELETE") return plainAnswers.method;
  if (id === undefined) return plainAnswers.idMissing;
  if (!tokens.read(id)) return plainAnswers.idUnknown;
  if (method === "POST") return plainAnswers.postToSocket;
  return method === "DELETE" ? plainAnswers.deleteOfSocket : plainAnswers.noTransport;
}

function send(reply: FastifyReply, { status, text, headers = {} }: PlainAnswer): FastifyReply {
  return reply.code(status).headers(headers).type("text/plain; charset=utf-8").send(text);
}

function urlOf(request: FastifyRequest): URL {
  return new URL(request.url, "http://hub");
}
