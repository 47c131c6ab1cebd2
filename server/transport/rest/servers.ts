import type { Server } from "node:http";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Logger } from "pino";
import { trustOf } from "../../client-address.ts";
import { type Config, listenOptions } from "../../config/config.ts";
import { newId } from "../../ids.ts";
import { plainAddress } from "../../plain-address.ts";
import { limits } from "../../schema.ts";
import { refuseUnreadable, sendProblem } from "./problem.ts";
import { arrival } from "./slow-peers.ts";

/** Fastify as all of the api role is built on it. */
export function buildApp(log: Logger, config: Config): FastifyInstance {
  return Fastify({
    loggerInstance: log.child({}, { level: config.logLevel === "info" ? "warn" : config.logLevel }) as never,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }), // one line a request, by the edge
    genReqId: () => newId(),
    ...arrival(),
    bodyLimit: limits.bodyBytes,
    trustProxy: trustOf(config.trustProxy),
    routerOptions: {
      caseSensitive: false,
      ignoreTrailingSlash: true,
      maxParamLength: 2000,
    },
    rewriteUrl: (request) => plainAddress(request.url ?? "/"),
    forceCloseConnections: "idle",
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: refuseUnreadable,
  }) as unknown as FastifyInstance;
}

/** Fastify listens on the first host; further ones, which are given back, share its handler. */
export async function listen(app: FastifyInstance, config: Config, route: (server: Server) => void): Promise<Server[]> {
  const [first = "127.0.0.1", ...others] = config.host;
  route(app.server);
  await app.listen(listenOptions(first, config));
  const servers: Server[] = [];
  for (const host of others) {
    const { createServer } = await import("node:http");
    const { requestTimeout, keepAliveTimeout } = app.server;
    const options = { requestTimeout, keepAliveTimeout };
    const server = createServer(options, (request, response) => app.routing(request, response));
    server.on("clientError", refuseUnreadable);
    route(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(listenOptions(host, config), resolve);
    });
    servers.push(server);
  }
  return servers;
}

/** Resolves when the last answer is out. Its client keeps the connection for another call, and only then is it idle. */
export async function closeServers(app: FastifyInstance, others: Server[]): Promise<void> {
  const sweep = setInterval(() => {
    for (const server of [app.server, ...others]) server.closeIdleConnections();
  }, 100);
  const closed = others.map((server) => new Promise((resolve) => server.close(resolve)));
  await Promise.all([app.close(), ...closed]).finally(() => clearInterval(sweep));
}
