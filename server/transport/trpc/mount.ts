import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { fastifyTRPCPlugin } from "@trpc/server/adapters/fastify";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import { authenticate, authenticateInstallation } from "../../auth/authenticate.ts";
import { decodeToken, tenantOfToken } from "../../auth/token.ts";
import { newId } from "../../ids.ts";
import { maxQueuedBytes } from "../../realtime/connection.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import { limits } from "../../schema.ts";
import type { Services } from "../../services.ts";
import type { TrpcContext } from "./context.ts";
import { appRouter } from "./router.ts";

interface Deps {
  services: Services;
  realtime: Realtime;
  log: Logger;
}

interface Made {
  req: { headers: IncomingMessage["headers"] };
  info: { connectionParams: Record<string, unknown> | null };
}

/** /api/trpc over HTTP (batches, and subscriptions by SSE) and over WebSocket: tRPC's own adapters. */
export function mountTrpc(app: FastifyInstance, deps: Deps) {
  const createContext = ({ req, info }: Made) => contextOf(deps, req.headers, info.connectionParams ?? {});
  app.register(fastifyTRPCPlugin, { prefix: "/api/trpc", trpcOptions: { router: appRouter, createContext } });
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: limits.frameBytes });
  const onConnection = getWSConnectionHandler({
    wss: server,
    router: appRouter,
    createContext,
    keepAlive: { enabled: true, pingMs: 15_000, pongWaitMs: 10_000 },
  });
  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      server.handleUpgrade(request, socket, head, (ws) => {
        guardSend(ws);
        void onConnection(ws, request);
      });
    },
    /** Tells clients to open another connection before this one goes. */
    reconnect(): void {
      for (const ws of server.clients) ws.send(JSON.stringify({ id: null, method: "reconnect" }));
    },
    close(): void {
      for (const ws of server.clients) ws.close(1001);
      server.close();
    },
  };
}

/** The adapter never looks at what a client does not read; `send` does it for it. */
function guardSend(ws: import("ws").WebSocket): void {
  const send = ws.send.bind(ws) as (data: string | Buffer) => void;
  ws.send = (data: unknown) => {
    if (ws.bufferedAmount > maxQueuedBytes) ws.terminate();
    else send(data as string);
  };
  ws.on("error", () => ws.terminate());
}

/** The tenant is the token's, else the header's or the connection parameter's. */
function contextOf(
  { services, realtime, log }: Deps,
  headers: IncomingMessage["headers"],
  params: Record<string, unknown>,
): TrpcContext {
  const requestId = newId();
  const bearer = bearerOf(headers.authorization) ?? text(params.token);
  const apiKey = text(headers["x-api-key"]) ?? text(params.apiKey);
  const actAs = text(headers["x-act-as-user"]) ?? text(params.actAsUser);
  const named = text(headers["x-tenant-id"]) ?? text(params.tenantId) ?? "";
  const principal: TrpcContext["principal"] = async (options = {}) => {
    if (options.root) return authenticateInstallation(services.settings.authSecret, apiKey);
    const tenant = (bearer === undefined ? undefined : tenantOfBearer(bearer)) ?? named;
    return await authenticate(services.security, { tenant, bearer, apiKey, actAs }, options);
  };
  return { services, realtime, log, requestId, principal };
}

function tenantOfBearer(bearer: string): string | undefined {
  try {
    return tenantOfToken(decodeToken(bearer));
  } catch {
    return undefined; // authentication will say what is wrong with it
  }
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^Bearer(?:\s+(.*))?$/i.exec(header)?.[1] ?? "").trim();
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
