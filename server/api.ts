import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { type Config, internalUrl } from "./config/config.ts";
import { makeClaim } from "./domain/persons/make-claim.ts";
import { asInstallation, hasInstallationOwner } from "./domain/persons/store.ts";
import { newId } from "./ids.ts";
import { openServices } from "./open-services.ts";
import { withoutCalls } from "./persistence/prisma.ts";
import type { Realtime } from "./realtime/realtime.ts";
import { routeUpgrades } from "./realtime/upgrade.ts";
import type { Services } from "./services.ts";
import { Pusher } from "./transport/pusher/pusher.ts";
import { readiness, registerAround } from "./transport/rest/around.ts";
import { keepBodies } from "./transport/rest/body.ts";
import { dressEdge } from "./transport/rest/edge.ts";
import { registerEventStream } from "./transport/rest/event-stream.ts";
import { registerPages } from "./transport/rest/pages.ts";
import { registerPreferenceForm } from "./transport/rest/preference-form.ts";
import { registerRoutes } from "./transport/rest/routes.ts";
import { buildApp, closeServers, listen } from "./transport/rest/servers.ts";
import { SilentConnections } from "./transport/rest/silent-connections.ts";
import { boundPipelines, dropUnread } from "./transport/rest/slow-peers.ts";
import { Hub } from "./transport/signalr/hub.ts";
import { mountTrpc } from "./transport/trpc/mount.ts";

export interface Api {
  /** The one that was asked for, or the one that was free. */
  port: number;
  services: Services;
  realtime: Realtime;
  /** The database answers, the seed is done, pages are served. */
  ready(): Promise<boolean>;
  /** Fills an empty database as SEED says and writes demo.json. */
  seed(): Promise<void>;
  /** Where the installation's owner signs up, while there is none. */
  claim(): Promise<string | undefined>;
  /** Whether there is one. */
  isOwned(): Promise<boolean>;
  /** Stops accepting, finishes what runs, closes sockets. */
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
  const log = pino({ level: config.logLevel, redact, serializers, hooks, base: { role: "api" } });
  const nodeId = newId();
  const onError = (error: unknown) => log.warn({ err: error }, "a background step failed; it is tried again");
  const { services, realtime, bus, close } = await openServices(config, { log, nodeId, clock, onError });
  const state = { draining: false, seeded: config.seed === "none" };
  const app = buildApp(log, config);
  keepBodies(app);
  boundPipelines(app);
  dropUnread(app);
  dressEdge(app, services, () => state.draining);
  registerEventStream(app, services, realtime);
  registerRoutes(app, services);
  registerPreferenceForm(app, services);
  const sockets = mountSockets(app, { services, realtime, log, nodeId });
  const health = { services, bus, web, state, config, realtime };
  registerAround(app, health);
  registerPages(app, services, web);
  await app.ready();
  const upgrades = {
    ...sockets.upgrades,
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
    claim: () => makeClaim(services.db, config.baseUrl),
    isOwned: () => asInstallation(services.db, hasInstallationOwner),
    close: async () => {
      state.draining = true;
      // While events still come: who moves to another node has no gap.
      await sockets.drain();
      await realtime.close();
      sockets.close();
      silent.close();
      await closeServers(app, servers);
      await close();
    },
  };
}

interface Parts {
  services: Services;
  realtime: Realtime;
  log: Logger;
  nodeId: string;
}

/** The protocols that have sockets. */
function mountSockets(app: FastifyInstance, { nodeId, ...parts }: Parts) {
  const trpc = mountTrpc(app, parts);
  const hub = new Hub({ ...parts, nodeId });
  hub.routes(app);
  const pusher = new Pusher(parts);
  pusher.routes(app);
  return {
    upgrades: {
      hub: hub.handleUpgrade.bind(hub),
      trpc: trpc.handleUpgrade,
      pusher: pusher.handleUpgrade.bind(pusher),
    },
    drain: () => Promise.all([trpc.drain(), hub.close(), pusher.drain()]),
    close: () => {
      pusher.close();
      trpc.close();
    },
  };
}
