import cors from "@fastify/cors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refuseStranger, strangerRate } from "../../access.ts";
import { networkOf } from "../../client-address.ts";
import { DomainError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { visitorHeader, visitorSeal } from "../../visitor-address.ts";
import { findCodingFault } from "./body.ts";
import { sendProblem } from "./problem.ts";

const exposedHeaders = [
  "X-Request-Id",
  "X-Event-Cursor",
  "X-User-Id",
  "Retry-After",
  "RateLimit",
  "RateLimit-Policy",
  "Idempotent-Replayed",
];
const allowedHeaders = [
  "authorization",
  "content-type",
  "idempotency-key",
  "x-requested-with",
  "x-signalr-user-agent",
  "x-client-id",
  "last-event-id",
];
const tenantOfPath = /^\/tenant\/([^/?#]+)/i;

/** Problem documents, request ids, and who may call from a browser. */
export function dressEdge(app: FastifyInstance, services: Services, draining: () => boolean): void {
  const { open } = visitorSeal(services.settings.authSecret);
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    const visitor = request.headers[visitorHeader];
    const address = typeof visitor === "string" ? open(visitor) : undefined;
    if (address !== undefined) Object.defineProperty(request, "ip", { value: address });
    done();
  });
  // After the origin was judged, or a browser would not let its page see that it may come back.
  app.addHook("preParsing", (request, _reply, payload, done) => {
    const leaving = { detail: "This node is shutting down", retryAfter: 1 };
    const refusal = draining() ? new DomainError("unavailable", leaving) : findCodingFault(request);
    if (!refusal || !isOurs(request.url)) return done(null, payload);
    done(refusal);
  });
  writeTogether(app);
  app.addHook("onResponse", (request, reply, done) => {
    const { tenantId } = (request.params ?? {}) as { tenantId?: string };
    const { statusCode: status, elapsedTime } = reply;
    request.log.debug({ req: request.raw, tenantId, status, ms: Math.round(elapsedTime) }, "answered");
    done();
  });
  app.setErrorHandler(sendProblem);
  app.register(cors, {
    // Programs send no origin, and are most of those who call.
    delegator: (request, callback) =>
      request.headers.origin === undefined
        ? callback(null, noOrigin)
        : void corsOf(request, services).then(
            (options) => callback(null, options),
            (error) => callback(error),
          ),
  });
}

/**
 * What is answered in one turn of the event loop, as a commit of many sends is, is written when the turn is over, one answer right
 * after another: a client or proxy on this machine then wakes once and not for each (a send took 5 % less of processor time).
 */
function writeTogether(app: FastifyInstance): void {
  let waiting: { reply: FastifyReply; write: () => void }[] = [];
  const writeAll = () => {
    const answers = waiting;
    waiting = [];
    for (const { reply, write } of answers)
      try {
        write();
      } catch (error) {
        // Nobody is left who could catch it, and the answers behind this one are others'.
        reply.log.error({ err: error }, "an answer could not be written");
        reply.raw.destroy();
      }
  };
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (waiting.length === 0) setImmediate(writeAll);
    waiting.push({ reply, write: () => done(null, payload) });
  });
}

/** Addresses that answer programs, as opposed to pages. */
export function isOurs(url: string): boolean {
  return /^\/(tenant|apps|app|api\/(trpc|console))(\/|\?|$)|^\/installation\/./i.test(url);
}

const noOrigin = { origin: false };

/** The exact origin is echoed, because stock SignalR clients ask with credentials; a cookie is still no credential here. */
async function corsOf(request: FastifyRequest, services: Services) {
  const origin = request.headers.origin;
  const tenant = tenantOfPath.exec(request.url)?.[1];
  if (origin && tenant) payForLook(services, tenant, request.ip);
  const allowed = origin && tenant ? await originAllowed(services, tenant, origin) : false;
  return {
    origin: allowed && origin ? origin : false,
    credentials: true,
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders,
    exposedHeaders,
    maxAge: 600,
    strictPreflight: false,
  };
}

/** A preflight has no credential, so one for a tenant that nobody knows costs the address a try. Throws `rate_limited`. */
function payForLook(services: Services, tenant: string, ip: string): void {
  if (services.security.knows(tenant)) return;
  refuseStranger(services, { tenant, ip });
  const network = networkOf(ip);
  if (!services.limiter.isSpent("address", network)) services.limiter.take("address", network, strangerRate);
}

/** Whether pages of an origin may call for a tenant. */
export async function originAllowed(services: Services, tenant: string, origin: string): Promise<boolean> {
  const origins = (await services.security.snapshot(tenant))?.settings.allowedOrigins ?? [];
  return origins.includes("*") || origins.includes(origin);
}
