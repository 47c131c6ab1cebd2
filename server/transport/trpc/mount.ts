import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type FastifyHandlerOptions, fastifyRequestHandler } from "@trpc/server/adapters/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { WebSocketServer } from "ws";
import type { Principal } from "../../auth/principal.ts";
import { isOwnPage, sessionCookieOf } from "../../auth/session-cookie.ts";
import { clientAddress, networkOf } from "../../client-address.ts";
import { DomainError, headersOfError } from "../../errors.ts";
import { noPlace } from "../../limiter.ts";
import { joinedSocketOptions } from "../../realtime/connection.ts";
import { refuse } from "../../realtime/upgrade.ts";
import { limits } from "../../schema.ts";
import type { Services } from "../../services.ts";
import { Batch } from "./batch.ts";
import { contextOf, type Repeat, type TrpcContext, type TrpcDeps } from "./context.ts";
import { type AppRouter, appRouter } from "./router.ts";
import { serveSocket } from "./socket.ts";
import { SocketCount, SocketPlaces } from "./socket-count.ts";
import { describeError, fromTrpcError, logOwnFault, toTrpcError } from "./trpc-error.ts";

/** More calls of one request than any page makes. */
const maxBatch = 500;

/** `broadcastReconnectNotification` of tRPC's adapter, which serves its own server's sockets only. */
const reconnectNotice = JSON.stringify({ id: null, method: "reconnect" });
/** For clients that stay all the same, in ms. */
const drainMs = 2000;

/** /api/trpc over HTTP (batches, and subscriptions by SSE) and over WebSocket: tRPC's own adapters. */
export function mountTrpc(app: FastifyInstance, deps: TrpcDeps) {
  app.register(async (scope) => mountHttp(scope, deps));
  const server = new WebSocketServer(joinedSocketOptions);
  const places = new SocketPlaces(
    new SocketCount(limits.anonymousPerAddress),
    new SocketCount(limits.connectionsPerUser),
  );
  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const { settings } = deps.services;
      const isForeign = isForeignConsole(request, settings);
      const place = isForeign ? undefined : places.take(networkOf(clientAddress(request, settings.trustProxy)));
      if (isForeign) refuse(socket, "403 Forbidden");
      else if (!place) refuse(socket, "429 Too Many Requests", headersOfError(noPlace(limits.anonymousPerAddress, "")));
      else {
        socket.once("close", () => place.leave());
        const onKnown = (principal: Principal) => place.becomes(holderOf(principal));
        server.handleUpgrade(request, socket, head, (ws) =>
          serveSocket({ server, ws, socket, request, onKnown }, deps),
        );
      }
    },
    /** Tells clients to open another connection, and waits until they have left this one, at most a moment. */
    async drain(): Promise<void> {
      for (const ws of server.clients) ws.send(reconnectNotice);
      const until = Date.now() + drainMs;
      while (server.clients.size > 0 && Date.now() < until) await sleep(20);
    },
    close(): void {
      for (const ws of server.clients) ws.close(1001);
      server.close();
    },
  };
}

/** On whose account a socket is. What backends hold by their key is on nobody's. */
function holderOf({ tenantId, userId, person }: Principal): string | undefined {
  if (person) return JSON.stringify(["person", person.personId]);
  return userId === undefined ? undefined : JSON.stringify([tenantId, userId]);
}

/** A page of somebody else's with our cookie, and nothing to come that could be another credential: it wants to be the console. */
function isForeignConsole(request: IncomingMessage, own: Services["settings"]): boolean {
  const asking = { headers: request.headers };
  if (sessionCookieOf(asking, own) === undefined || isOwnPage(asking, own)) return false;
  const { authorization, "x-api-key": key } = request.headers;
  return (authorization ?? key) === undefined && !/[?&]connectionParams=/.test(request.url ?? "");
}

/** A wildcard and not a parameter: the names of a batch are longer than a parameter may be. */
function mountHttp(scope: FastifyInstance, deps: TrpcDeps): void {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, utf8.decode(body as Buffer));
    } catch {
      done(new DomainError("invalid", { errors: { body: ["is not JSON in UTF-8"] } }));
    }
  });
  scope.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  scope.route({
    method: ["GET", "POST"],
    url: "/api/trpc/*",
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      // The adapter would also take forms and bytes, and read them without a bound.
      if (request.method === "POST" && typeof request.body !== "string") throw new DomainError("not_json");
      await fastifyRequestHandler({
        ...optionsFor(deps, request, reply),
        req: request,
        res: reply,
        path: pathOf(request),
      });
      return reply;
    },
  });
}

function pathOf(request: FastifyRequest): string {
  return (request.params as { "*": string })["*"];
}

function repeatOf({ method, headers }: FastifyRequest, calls: number): Repeat | undefined {
  const key = headers["idempotency-key"];
  return method === "POST" && typeof key === "string" ? { key, calls } : undefined;
}

type HttpOptions = Omit<FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply>, "req" | "res" | "path">;

function optionsFor(deps: TrpcDeps, request: FastifyRequest, reply: FastifyReply): HttpOptions {
  const { headers, ip, id: requestId } = request;
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return {
    router: appRouter,
    maxBatchSize: maxBatch,
    // An address is too short for some queries: clients may send them by POST.
    allowMethodOverride: true,
    createContext: ({ info }): TrpcContext =>
      contextOf(deps, {
        headers,
        params: info.connectionParams ?? {},
        ip,
        method: request.method,
        requestId,
        repeat: repeatOf(request, info.calls.length),
        batch: info.calls.length > 1 ? new Batch() : undefined,
        hangUp: () => reply.raw.destroy(),
        gone: gone.signal,
      }),
    responseMeta: ({ errors: [error], ctx, info }) => {
      if (error) return { headers: headersOfError(fromTrpcError(error)) };
      // Of several calls nobody could tell whose it is.
      return ctx?.replayed && info?.calls.length === 1 ? { headers: { "Idempotent-Replayed": "true" } } : {};
    },
    onError: ({ error }) => logOwnFault(deps.log, error, requestId),
  };
}

/** Errors from before tRPC saw the request, in the form that its clients read. */
function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = fromTrpcError(error);
  if (known.status >= 500) request.log.error({ err: known.face.internal ?? known }, known.message);
  const { message, data } = describeError(toTrpcError(known), { requestId: request.id });
  return reply
    .code(known.status)
    .headers(headersOfError(known))
    .type("application/json; charset=utf-8")
    .send(JSON.stringify({ error: { message, code: -32_600, data } }));
}
