import type { FastifyInstance } from "fastify";
import type { Config } from "../../config/config.ts";
import { connections, registry } from "../../metrics.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Services } from "../../services.ts";
import { version } from "../../version.ts";
import { openApiText } from "./openapi.ts";

interface Health {
  services: Services;
  bus: { healthy(): boolean };
  web: { url(): string | undefined };
  state: { draining: boolean; seeded: boolean };
  config: Config;
  realtime: Realtime;
}

/** What /readyz says. */
export async function readiness({ services, bus, web, state, config }: Health) {
  const database = await services.db.answers();
  const checks = {
    database,
    bus: bus.healthy(),
    seed: state.seeded,
    web: !config.roles.has("web") || web.url() !== undefined,
    draining: state.draining,
  };
  // Not the bus, which no node starts without: later the poll brings what it does not, and Redis away would take all nodes away.
  const good = checks.database && checks.seed && checks.web && !checks.draining;
  return {
    status: good ? "ready" : "not-ready",
    checks,
    version,
    roles: [...config.roles],
    uptimeSeconds: Math.round((Date.now() - services.settings.startedAt) / 1000),
  };
}

/** What is asked for beside the calls: by balancers, by Prometheus, by who reads what calls there are. */
export function registerAround(app: FastifyInstance, health: Health): void {
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const answer = await readiness(health);
    return reply
      .code(answer.status === "ready" ? 200 : 503)
      .header("cache-control", "no-store")
      .send(answer);
  });
  app.get("/metrics", async (request, reply) => {
    if (request.originalUrl.split("?")[0] !== "/metrics") return reply.callNotFound(); // a proxy closes just this one
    connections.set(health.realtime.size);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  app.get("/openapi.json", async (_request, reply) =>
    reply.header("access-control-allow-origin", "*").type("application/json; charset=utf-8").send(openApiText()),
  );
}
