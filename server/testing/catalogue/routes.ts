import diagnostics from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import type { Operation } from "../../operation.ts";
import { routePath } from "../../transport/rest/routes.ts";

/** Addresses that are no operation, each with the reason. */
export const besideTheCatalogue: { routes: RegExp; reason: string }[] = [
  { routes: /^GET \/(healthz|readyz)$/, reason: "asked by what keeps the process running, about no tenant" },
  { routes: /^GET \/metrics$/, reason: "Prometheus' own text format, about the process" },
  { routes: /^GET \/openapi\.json$/, reason: "describes the operations" },
  { routes: /^(GET|POST) \/api\/trpc\/\*$/, reason: "every operation as a tRPC procedure" },
  { routes: /^[A-Z]+ \/tenant\/:\/v1\/hub(\/negotiate)?$/, reason: "SignalR's own protocol: opens connections" },
  { routes: /^(GET|POST) \/apps\/:\//, reason: "Pusher's own protocol, as its server libraries call and sign it" },
  { routes: /^POST \/u\/:$/, reason: "a mail provider's one click, and the form of the page at that address" },
  { routes: /^OPTIONS \*$/, reason: "what browsers ask before they call from another origin" },
];

const ownersAlone = "for the one person who owns the tenant: no key that leaks, and no token of an issuer, may do it";

/** Operations that REST has and describes, and refuses to every key and token: a console session alone may, which is no credential of REST. */
export const bySessionAlone: { operation: string; reason: string }[] = [
  { operation: "operators.transferOwnership", reason: ownersAlone },
  { operation: "tenants.delete", reason: ownersAlone },
  { operation: "tenants.restore", reason: ownersAlone },
];

/** Listens to what routes servers of this process register from now on, but for those that only say what an address takes. */
export function collectRoutes() {
  const routes = new Set<string>();
  const onServer = (message: unknown) =>
    (message as { fastify: FastifyInstance }).fastify.addHook("onRoute", ({ method, url, handler }) => {
      if (handler.name === "refuseMethod" || handler.name === "sayMethods") return;
      for (const one of [method].flat()) if (one !== "HEAD") routes.add(`${one} ${generic(url)}`);
    });
  diagnostics.subscribe("fastify.initialization", onServer);
  return {
    stop: (): string[] => {
      diagnostics.unsubscribe("fastify.initialization", onServer);
      return [...routes].toSorted();
    },
  };
}

/** The routes an operation must have. */
export function bindingsOf({ http }: Operation): string[] {
  return [http, ...(http.also ?? [])].map(({ method, path }) => {
    return `${method} ${generic(routePath({ path, root: http.root ?? false }))}`;
  });
}

/** Names of parts do not matter to a router, nor letter case. */
function generic(url: string): string {
  return url.replace(/:\w+/g, ":");
}
