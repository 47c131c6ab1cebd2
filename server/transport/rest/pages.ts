import replyFrom, { type FastifyReplyFromHooks } from "@fastify/reply-from";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { networkOf } from "../../client-address.ts";
import { DomainError } from "../../errors.ts";
import { frameAncestors } from "../../frame-ancestors.ts";
import { SharedGate } from "../../gate.ts";
import type { Services } from "../../services.ts";
import { visitorHeader, visitorSeal } from "../../visitor-address.ts";
import { isOurs } from "./edge.ts";

/** Connections to the process of the pages: of all, and of one address at most. Who asks waits so long for one. */
const bounds = { all: 64, each: 16, waitMs: 10_000 };

/** Everything that is no address of ours is a page. */
export function registerPages(
  app: FastifyInstance,
  services: Services,
  web: { url(): string | undefined },
  { waitMs, ...places } = bounds,
): void {
  const { seal } = visitorSeal(services.settings.authSecret);
  const gate = new SharedGate(places);
  const sayOnce = proxyHint();
  // What was answered is the answer: each further try would hold a connection more.
  app.register(replyFrom, { undici: { connections: places.all, pipelining: 1 }, retryMethods: [] });
  app.setNotFoundHandler(async (request, reply) => {
    const upstream = web.url();
    const { ip } = request; // no longer told once the socket has gone
    if (isOurs(request.url)) throw new DomainError("not_found", { detail: "There is no such address" });
    if (!upstream) throw new DomainError("unavailable", { detail: "The pages are not up", retryAfter: 2 });
    // Added by the browser to what a page says itself: of several policies all hold.
    reply.header("content-security-policy", await frameAncestors(services, request.url));
    const leave = await gate.enter(networkOf(ip), whileAwaited(reply, waitMs)).catch(() => {
      sayOnce(request);
      throw new DomainError("unavailable", { detail: "The pages are busy", retryAfter: 2 });
    });
    try {
      return reply.from(`${upstream}${request.raw.url ?? "/"}`, {
        rewriteRequestHeaders: (_request, headers) => ({
          ...headers,
          // What the browser itself put there counts for nothing.
          "x-forwarded-for": ip,
          [visitorHeader]: seal(ip),
          "x-forwarded-host": request.host,
          "x-forwarded-proto": request.protocol,
        }),
        ...atItsEnd(reply, leave),
      });
    } catch (error) {
      leave();
      throw error;
    }
  });
}

/** Says of a page that was refused to an address which speaks for others, and is not believed, what that may come of. Once. */
function proxyHint(): (request: FastifyRequest) => void {
  let said = false;
  return ({ log, ip, socket, headers }) => {
    if (said || headers["x-forwarded-for"] === undefined || ip !== socket.remoteAddress) return;
    said = true;
    log.warn(
      { address: ip },
      "a page was refused: its visitor counts as a proxy, with all others of it. Set TRUST_PROXY",
    );
  };
}

/** Aborts when it has taken so long, or nobody waits for the answer any more. */
function whileAwaited({ raw }: FastifyReply, ms: number): AbortSignal {
  if (raw.destroyed) return AbortSignal.abort();
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), ms);
  raw.once("close", () => {
    clearTimeout(timer);
    waiting.abort();
  });
  return waiting.signal;
}

/** Until the pages answer, or fail, their connection is held, whether anybody still waits or not; from then on it ends with the answer. */
function atItsEnd({ raw }: FastifyReply, leave: () => void): FastifyReplyFromHooks {
  return {
    rewriteHeaders: (headers) => {
      if (raw.destroyed) leave();
      else raw.once("close", leave);
      return headers;
    },
    onError: (reply, { error }) => {
      leave();
      reply.send(error);
    },
  };
}
