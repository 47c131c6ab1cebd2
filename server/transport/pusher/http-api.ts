import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { letIn } from "../../access.ts";
import type { TenantId } from "../../auth/principal.ts";
import { tenantOfPusherKey } from "../../auth/pusher-app.ts";
import { DomainError, headersOfError, isFault, toDomainError } from "../../errors.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Services } from "../../services.ts";
import { type HttpCaller, triggerBatch, triggerEvents } from "./http-events.ts";
import { getChannel, listChannels, listUsers, terminateConnections } from "./http-queries.ts";
import { signatureFault } from "./http-signature.ts";

type Handler = (
  caller: HttpCaller,
  request: { params: Record<string, string>; query: URLSearchParams; body: unknown },
) => Promise<unknown>;

/** What server SDKs call, in every language (protocols.md B10). */
export function registerHttpApi(app: FastifyInstance, services: Services, realtime: Realtime): void {
  const route = (method: "GET" | "POST", path: string, handler: Handler) =>
    app.route({
      method,
      url: `/apps/:appId${path}`,
      handler: (request, reply) => answer(request, reply, { services, realtime, handler }),
    });
  route("POST", "/events", (caller, { body }) => triggerEvents(caller, body));
  route("POST", "/batch_events", (caller, { body }) => triggerBatch(caller, body));
  route("GET", "/channels", (caller, { query }) => listChannels(caller, query));
  route("GET", "/channels/:channel", (caller, { params, query }) => getChannel(caller, params.channel ?? "", query));
  route("GET", "/channels/:channel/users", (caller, { params }) => listUsers(caller, params.channel ?? ""));
  route("POST", "/users/:userId/terminate_connections", (caller, { params }) =>
    terminateConnections(caller, params.userId ?? ""),
  );
}

interface Deps {
  services: Services;
  realtime: Realtime;
  handler: Handler;
}

/** Errors are text, which SDKs show. */
async function answer(request: FastifyRequest, reply: FastifyReply, deps: Deps): Promise<FastifyReply> {
  try {
    const [path = "", search = ""] = request.originalUrl.split(/\?(.*)/s, 2);
    const query = new URLSearchParams(search);
    const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
    const caller = await authenticate(request, { path, query, body }, deps);
    const params = request.params as Record<string, string>;
    const result = await deps.handler(caller, { params, query, body: body.length > 0 ? parse(body) : {} });
    return reply.type("application/json").send(JSON.stringify(result));
  } catch (error) {
    const known = toDomainError(error);
    if (isFault(known)) request.log.error({ err: known.face.internal ?? known }, known.message);
    const text = known.face.detail ?? known.message;
    return reply.code(known.status).headers(headersOfError(known)).type("text/plain; charset=utf-8").send(text);
  }
}

/** Whose backend calls. The key names the tenant; the secret has signed everything about the call. */
async function authenticate(
  request: FastifyRequest,
  at: { path: string; query: URLSearchParams; body: Buffer },
  { services, realtime }: Deps,
): Promise<HttpCaller> {
  const { security, limiter } = services;
  const key = at.query.get("auth_key") ?? "";
  const tenant = tenantOfPusherKey(key) ?? "";
  const { app, tenantId } = await letIn(services, { tenant, ip: request.ip }, async () => {
    const snapshot = await security.snapshot(tenant);
    const app = snapshot?.pusherApp;
    if (!snapshot || app?.key !== key) throw refused("auth_key is not known");
    const fault = signatureFault(app, { method: request.method, ...at }, security.now());
    if (fault !== undefined) throw refused(fault);
    if ((request.params as { appId?: string }).appId !== app.appId) throw refused("The key is of another app");
    if (snapshot.suspended) throw new DomainError("tenant_suspended");
    if (!app.enabled) throw new DomainError("forbidden", { detail: "The app is disabled" });
    return { app, tenantId: snapshot.tenantId };
  });
  await takeTokens({ security, limiter }, tenantId, key);
  return { app, tenantId, channels: realtime.channels };
}

/** As every other call of a backend. Throws rate_limited. */
async function takeTokens(
  { security, limiter }: Pick<Services, "security" | "limiter">,
  tenantId: TenantId,
  key: string,
): Promise<void> {
  const rates = (await security.snapshot(tenantId))?.settings.rates;
  if (!rates) throw refused("auth_key is not known");
  limiter.take("key", JSON.stringify([tenantId, key]), rates.key);
  limiter.take("tenant", tenantId, rates.tenant);
}

function refused(detail: string): DomainError {
  return new DomainError("unauthenticated", { detail });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new DomainError("invalid", { detail: "The body is not JSON in UTF-8", internal: error });
  }
}
