import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import replyFrom from "@fastify/reply-from";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import { type Logger, pino } from "pino";
import { fetchText } from "./auth/fetch-json.ts";
import { recheckPrincipal } from "./auth/recheck.ts";
import { TenantSecurity } from "./auth/tenant-security.ts";
import { trustOf } from "./client-address.ts";
import { type Config, internalUrl, listenOptions } from "./config/config.ts";
import { Certificates } from "./domain/mail/fetch-certificate.ts";
import { makeClaim } from "./domain/persons/make-claim.ts";
import { asInstallation, hasInstallationOwner } from "./domain/persons/store.ts";
import { DomainError } from "./errors.ts";
import { frameAncestors } from "./frame-ancestors.ts";
import { newId } from "./ids.ts";
import { Limiter } from "./limiter.ts";
import { openBus } from "./log/bus/open-bus.ts";
import { Cursors } from "./log/cursor.ts";
import { committedEvents, connections, registry } from "./metrics.ts";
import { MinuteLog } from "./minute-log.ts";
import { openDatabase } from "./persistence/database.ts";
import { withoutCalls } from "./persistence/prisma.ts";
import { plainAddress } from "./plain-address.ts";
import { Realtime } from "./realtime/realtime.ts";
import { routeUpgrades } from "./realtime/upgrade.ts";
import { RequestLog } from "./request-log.ts";
import { limits } from "./schema.ts";
import type { Services } from "./services.ts";
import { Pusher } from "./transport/pusher/pusher.ts";
import { keepBodies } from "./transport/rest/body.ts";
import { dressEdge, isOurs } from "./transport/rest/edge.ts";
import { registerEventStream } from "./transport/rest/event-stream.ts";
import { openApiText } from "./transport/rest/openapi.ts";
import { registerPreferenceForm } from "./transport/rest/preference-form.ts";
import { refuseUnreadable, sendProblem } from "./transport/rest/problem.ts";
import { registerRoutes } from "./transport/rest/routes.ts";
import { SilentConnections } from "./transport/rest/silent-connections.ts";
import { arrival, boundPipelines, dropUnread } from "./transport/rest/slow-peers.ts";
import { Hub } from "./transport/signalr/hub.ts";
import { mountTrpc } from "./transport/trpc/mount.ts";
import { version } from "./version.ts";
import { visitorHeader, visitorSeal } from "./visitor-address.ts";

export interface Api {
  /** The one that was asked for, or the one that was free. */
  port: number;
  services: Services;
  realtime: Realtime;
  /** Database and bus answer, the seed is done, pages are served. */
  ready(): Promise<boolean>;
  seed(): Promise<void>;
  /** Where the installation's owner signs up, while there is none. */
  claim(): Promise<string | undefined>;
  isOwned(): Promise<boolean>;
  close(): Promise<void>;
}

/** What the log says of a request: no query, because tokens travel in it, and no header. */
const serializers = {
  req: ({ method, url = "" }: { method?: string; url?: string }) => ({ method, path: url.split("?", 1)[0] }),
};

const redact = ["req.headers.authorization", 'req.headers["x-api-key"]', "req.headers.cookie"];

const hooks = { streamWrite: withoutCalls };

/**
 * The api role: REST, tRPC and sockets on config.port. Throws when the port or the database is not to be had.
 * @param clock for tests: instead of this machine's and of Postgres' own
 */
export async function startApi(config: Config, web: { url(): string | undefined }, clock?: () => number): Promise<Api> {
  const now = clock ?? (() => Date.now());
  const log = pino({ level: config.logLevel, redact, serializers, hooks, base: { role: "api" } });
  const nodeId = newId();
  const onError = (error: unknown) => log.warn({ err: error }, "a background step failed; it is tried again");
  const { database } = config;
  const db = openDatabase({ url: database.runtimeUrl, connections: database.connections, log, clock });
  db.onCommit((_tenantId, events) => committedEvents.inc(events.length));
  const bus = await openBus(config, nodeId, onError);
  const security = new TenantSecurity({
    db,
    authSecret: config.authSecret,
    allowPrivateNetworks: config.allowPrivateNetworks,
    log,
  });
  const cursors = new Cursors(config.authSecret);
  const realtime = new Realtime({
    db,
    cursors,
    bus,
    nodeId,
    recheck: (principal) => recheckPrincipal(security, principal),
    shows: async (tenantId) => (await security.snapshot(tenantId))?.settings.presence ?? false,
    onRecheck: (tenantId) => security.forget(tenantId),
    onError,
  });
  const limiter = new Limiter(() => realtime.nodes);
  const loopback = config.host.every((host) => host === "127.0.0.1" || host === "::1" || host === "localhost");
  const settings = {
    baseUrl: config.baseUrl,
    authSecret: config.authSecret,
    mailServer: config.mail.url !== undefined,
    bounces: config.mail,
    loopback,
    startedAt: Date.now(),
    signUp: config.signUp,
    trustProxy: trustOf(config.trustProxy),
  };
  const certificates = new Certificates((address) => fetchText(address, config));
  const requests = new RequestLog({ db, security, log, now });
  const minutes = new MinuteLog({ db, log, now, connections: () => realtime.connectionCounts() });
  const noting = { requests, minutes };
  const services: Services = { db, cursors, live: realtime, security, limiter, ...noting, now, certificates, settings };
  const state = { draining: false, seeded: config.seed === "none" };
  const app = buildApp(log, config);
  keepBodies(app);
  boundPipelines(app);
  dropUnread(app);
  dressEdge(app, services, () => state.draining);
  registerEventStream(app, services, realtime);
  registerRoutes(app, services);
  registerPreferenceForm(app, services);
  const trpc = mountTrpc(app, { services, realtime, log });
  const hub = new Hub({ services, realtime, log, nodeId });
  hub.routes(app);
  const pusher = new Pusher({ services, realtime, log });
  pusher.routes(app);
  const health = { services, bus, web, state, config, realtime };
  registerAround(app, health);
  registerPages(app, services, web);
  await app.ready();
  const upgrades = {
    hub: hub.handleUpgrade.bind(hub),
    trpc: trpc.handleUpgrade,
    pusher: pusher.handleUpgrade.bind(pusher),
    // Next has a socket in development alone: any other it would leave without an answer, for good.
    pages: () => (config.dev ? web.url() : undefined),
    draining: () => state.draining,
    onError,
  };
  await realtime.start();
  const silent = new SilentConnections();
  const servers = await listen(app, config, (server) => {
    routeUpgrades(server, upgrades);
    silent.watch(server);
  });
  const { port } = app.server.address() as AddressInfo;
  await realtime.reachableAt(internalUrl(config, port));
  return {
    port,
    services,
    realtime,
    ready: () => readiness(health).then(({ status }) => status === "ready"),
    seed: async () => {
      if (config.seed === "demo") {
        const { seedDemo } = await import("../prisma/seed.ts");
        await seedDemo({ services, config, live: realtime });
      }
      state.seeded = true;
    },
    claim: () => makeClaim(db, config.baseUrl),
    isOwned: () => asInstallation(db, hasInstallationOwner),
    close: async () => {
      state.draining = true;
      // While events still come: who moves to another node has no gap.
      await Promise.all([trpc.drain(), hub.close(), pusher.drain()]);
      await realtime.close();
      pusher.close();
      trpc.close();
      silent.close();
      await closeServers(app, servers);
      await Promise.all([security.close(), requests.flush(), minutes.close()]);
      await bus.close();
      await db.close();
    },
  };
}

function buildApp(log: Logger, config: Config): FastifyInstance {
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

/** Fastify listens on the first host; further ones share its handler. */
async function listen(app: FastifyInstance, config: Config, route: (server: Server) => void): Promise<Server[]> {
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
async function closeServers(app: FastifyInstance, others: Server[]): Promise<void> {
  const sweep = setInterval(() => {
    for (const server of [app.server, ...others]) server.closeIdleConnections();
  }, 100);
  const closed = others.map((server) => new Promise((resolve) => server.close(resolve)));
  await Promise.all([app.close(), ...closed]).finally(() => clearInterval(sweep));
}

interface Health {
  services: Services;
  bus: { healthy(): boolean };
  web: { url(): string | undefined };
  state: { draining: boolean; seeded: boolean };
  config: Config;
  realtime: Realtime;
}

/** What /readyz says. */
async function readiness({ services, bus, web, state, config }: Health) {
  const database = await services.db.answers();
  const checks = {
    database,
    bus: bus.healthy(),
    seed: state.seeded,
    web: !config.roles.has("web") || web.url() !== undefined,
    draining: state.draining,
  };
  const good = checks.database && checks.bus && checks.seed && checks.web && !checks.draining;
  return {
    status: good ? "ready" : "not-ready",
    checks,
    version,
    roles: [...config.roles],
    uptimeSeconds: Math.round((Date.now() - services.settings.startedAt) / 1000),
  };
}

function registerAround(app: FastifyInstance, health: Health): void {
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const answer = await readiness(health);
    return reply
      .code(answer.status === "ready" ? 200 : 503)
      .header("cache-control", "no-store")
      .send(answer);
  });
  app.get("/metrics", async (_request, reply) => {
    connections.set(health.realtime.size);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  app.get("/openapi.json", async (_request, reply) =>
    reply.header("access-control-allow-origin", "*").type("application/json; charset=utf-8").send(openApiText()),
  );
}

/** Everything that is no address of ours is a page. */
function registerPages(app: FastifyInstance, services: Services, web: { url(): string | undefined }): void {
  const { seal } = visitorSeal(services.settings.authSecret);
  app.register(replyFrom, { undici: { connections: 64, pipelining: 1 } });
  app.setNotFoundHandler(async (request, reply) => {
    const upstream = web.url();
    if (isOurs(request.url)) throw new DomainError("not_found", { detail: "There is no such address" });
    if (!upstream) throw new DomainError("unavailable", { detail: "The pages are not up", retryAfter: 2 });
    // Added by the browser to what a page says itself: of several policies all hold.
    reply.header("content-security-policy", await frameAncestors(services, request.url));
    return reply.from(`${upstream}${request.raw.url ?? "/"}`, {
      rewriteRequestHeaders: (_request, headers) => ({
        ...headers,
        // What the browser itself put there counts for nothing.
        "x-forwarded-for": request.ip,
        [visitorHeader]: seal(request.ip),
        "x-forwarded-host": request.host,
        "x-forwarded-proto": request.protocol,
      }),
    });
  });
}
