import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, preParsingAsyncHookHandler } from "fastify";
import { z } from "zod";
import { admit, mayCall } from "../../access.ts";
import { authenticate, authenticateRoot, type Credentials } from "../../auth/authenticate.ts";
import { actAsOf, basicPassword, credentialsOf as readCredentials, single, textOfHeader } from "../../auth/headers.ts";
import type { Principal } from "../../auth/principal.ts";
import { ensureOwnPage, sessionCookieOf } from "../../auth/session-cookie.ts";
import { DomainError } from "../../errors.ts";
import { execute } from "../../execute.ts";
import type { Call, HttpBinding, Operation } from "../../operation.ts";
import { allOperations } from "../../operations.ts";
import type { Services } from "../../services.ts";
import { readFormOrJsonBody, readJsonBody } from "./body.ts";

const allMethods: HTTPMethods[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** The address of a binding as Fastify writes it. */
export function routePath(http: Pick<HttpBinding, "path" | "root">): string {
  const path = http.path.replace(/\{(\w+)\}/g, ":$1");
  return http.root ? path : `/tenant/:tenantId/v1${path}`;
}

/** Every operation as a route; of its address OPTIONS says what it takes, and other methods are 405. */
export function registerRoutes(app: FastifyInstance, services: Services): void {
  const taken = new Map<string, Set<string>>();
  for (const operation of allOperations) {
    for (const binding of [operation.http, ...(operation.http.also ?? [])]) {
      const url = routePath({ ...binding, ...(operation.http.root ? { root: true } : {}) });
      const methods = taken.get(url.toLowerCase().replace(/:\w+/g, ":")) ?? new Set();
      methods.add(binding.method);
      taken.set(url.toLowerCase().replace(/:\w+/g, ":"), methods);
      app.route({
        method: binding.method,
        url,
        ...largeBody(operation, services),
        handler: handlerOf(operation, services),
      });
    }
  }
  registerOtherMethods(app, taken);
}

function registerOtherMethods(app: FastifyInstance, taken: Map<string, Set<string>>): void {
  for (const [pattern, methods] of taken) {
    const url = pattern.replace(/:/g, () => ":part").replace(/:part(?=.*:part)/g, ":part");
    let count = 0;
    const named = url.replace(/:part/g, () => `:part${count++}`);
    const allow = [...methods, ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    const sayMethods = async (_request: FastifyRequest, reply: FastifyReply) =>
      reply.code(204).header("allow", allow).send();
    const refuseMethod = async (_request: FastifyRequest, reply: FastifyReply) => {
      reply.header("allow", allow);
      throw new DomainError("method_not_allowed");
    };
    app.route({ method: "OPTIONS", url: named, handler: sayMethods });
    const others = allMethods.filter((method) => !methods.has(method));
    if (others.length > 0) app.route({ method: others, url: named, handler: refuseMethod });
  }
}

/** Only of who may make the call a large body is read: others are answered before it has come. */
function largeBody(
  operation: Operation,
  services: Services,
): { bodyLimit?: number; preParsing?: preParsingAsyncHookHandler } {
  const { bodyBytes } = operation.http;
  if (bodyBytes === undefined) return {};
  return {
    bodyLimit: bodyBytes,
    preParsing: async (request, _reply, payload) => {
      const principal = await callerOf(operation, services, request);
      // The pipeline says no in its own order, and notes it.
      if (!mayCall(operation, principal)) await execute(operation, {}, callOf(operation, services, request, principal));
      callers.set(request, principal);
      return payload;
    },
  };
}

/** Of requests whose caller was asked for before their body was read. */
const callers = new WeakMap<FastifyRequest, Principal>();

function handlerOf(operation: Operation, services: Services) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const principal = callers.get(request) ?? (await callerOf(operation, services, request));
    const raw = {
      ...(operation.http.form ? readFormOrJsonBody(request) : readJsonBody(request, operation.http.anyType)),
      ...coercionOf(operation)(request.query as Record<string, unknown>, request.url),
      ...headerFields(operation, request),
      ...(request.params as object),
    };
    const answer = await execute(operation, raw, callOf(operation, services, request, principal));
    return reply
      .code(answer.status)
      .headers(answer.headers)
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(answer.body));
  };
}

function callOf(operation: Operation, services: Services, request: FastifyRequest, principal: Principal): Call {
  const key = request.headers["idempotency-key"];
  return {
    tenantId: principal.tenantId,
    principal,
    requestId: request.id,
    idempotencyKey: typeof key === "string" ? key : undefined,
    services,
    transport: "rest",
    ip: request.ip,
    log: request.log as never,
    // A change that was begun is finished, whoever waits for it: only a read may end early.
    signal: operation.kind === "query" ? goneSignal(request) : undefined,
  };
}

/** Fires when nobody waits for the answer any more. */
function goneSignal({ raw }: FastifyRequest): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}

async function callerOf(operation: Operation, services: Services, request: FastifyRequest): Promise<Principal> {
  const { params, id: requestId, ip } = request;
  if (Object.values(params as object).includes(""))
    throw new DomainError("not_found", { detail: "There is no such address" });
  return principalOf(operation, services, request).catch((error) => {
    const { tenantId: tenant = "" } = params as { tenantId?: string };
    services.requests.refused(tenant, { transport: "rest", requestId, ip }, operation, error);
    throw error;
  });
}

async function principalOf(operation: Operation, services: Services, request: FastifyRequest): Promise<Principal> {
  const credentials = credentialsOf(request);
  const { caller, evenSuspended = false } = operation.access;
  const options = { optional: caller === "anyone", evenSuspended };
  return admit(services, { tenant: credentials.tenant, ip: request.ip }, () =>
    operation.http.root
      ? principalAtRoot(services, request, options)
      : authenticate(services.security, credentials, options),
  );
}

/** The console's cookie counts below /api alone, and only from the console's own pages. */
async function principalAtRoot(
  { security, settings }: Services,
  request: FastifyRequest,
  options: { optional: boolean; evenSuspended: boolean },
): Promise<Principal> {
  const shown = { ...readCredentials(request.headers), internal: single(request.headers["x-parley-internal"]) };
  const cookie = /^\/api\//i.test(request.url) ? sessionCookieOf(request, settings) : undefined;
  const session = (shown.bearer ?? shown.apiKey ?? shown.internal) ? undefined : cookie;
  if (session !== undefined) ensureOwnPage(request, settings);
  return authenticateRoot(security, settings.authSecret, { ...shown, session }, options);
}

/** What a call shows, and for which tenant. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const { tenantId: tenant = "" } = request.params as { tenantId?: string };
  return { tenant, ...readCredentials(request.headers), actAs: actAsOf(request.headers) };
}

function headerFields(operation: Operation, request: FastifyRequest): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [header, field] of Object.entries(operation.http.headers ?? {})) {
    const { headers } = request;
    const value = header === "authorization" ? basicPassword(headers.authorization) : textOfHeader(headers, header);
    // A header with nothing in it is none, as in the address: only a password may be empty.
    if (value !== undefined && (value !== "" || header === "authorization")) fields[field] = value;
  }
  return fields;
}

type Coercion = (query: Record<string, unknown>, url: string) => Record<string, unknown>;

const coercions = new WeakMap<Operation, Coercion>();

/**
 * Query strings are text: numbers, booleans and lists are read here, by the operation's JSON Schema, so that the typed clients keep
 * their checks. What does not read stays as it is and is refused by the schema; an empty value is none, but a
 * name alone, `?expand`, means yes.
 * Of several values the last counts, but of a list each: clients that are made from the OpenAPI document repeat its name.
 */
export function coercionOf(operation: Operation): Coercion {
  const known = coercions.get(operation);
  if (known) return known;
  const made = makeCoercion(operation);
  coercions.set(operation, made);
  return made;
}

function makeCoercion(operation: Operation): Coercion {
  const { properties = {} } = z.toJSONSchema(operation.input, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, FieldSchema>;
  };
  const aliases = Object.entries(operation.http.aliases ?? {}).map(
    ([alias, field]) => [alias, properties[field]] as const,
  );
  const schemas = new Map(
    [...aliases, ...Object.entries(properties)].map(([name, schema]) => [name.toLowerCase(), schema] as const),
  );
  const placesIn = (query: Record<string, unknown>) =>
    Object.entries(query).flatMap(([key, value]) => (schemas.get(key.toLowerCase()) === properties.after ? value : []));
  return (query, url) => {
    // Of two places to go on from in the log neither is right.
    if (operation.http.streams && placesIn(query).length > 1) throw new DomainError("cursor_invalid");
    return Object.fromEntries(
      Object.entries(query)
        .map(([key, value]) => {
          const schema = schemas.get(key.toLowerCase());
          return [
            key,
            schema?.type === "boolean" && lastOf(value) === "" ? isBare(key, url) : readValue(schema, value),
          ] as const;
        })
        .filter(([, value]) => value !== undefined),
    );
  };
}

/** `true` where a name stands alone in an address; `name=` has an empty value, as PHP writes false. */
function isBare(name: string, url: string): true | undefined {
  return (
    url
      .slice(url.indexOf("?") + 1)
      .split("&")
      .includes(name) || undefined
  );
}

interface FieldSchema {
  type?: string;
  anyOf?: { type?: string; items?: { enum?: unknown[] } }[];
}

/** Of a name that is there several times the last one counts. */
function lastOf(value: unknown): unknown {
  return Array.isArray(value) ? value.at(-1) : value;
}

function readValue(schema: FieldSchema = {}, value: unknown): unknown {
  const takesList = schema.type === "array" || schema.anyOf?.some(({ type }) => type === "array");
  if (Array.isArray(value)) {
    if (!takesList) return coerceValue(schema.type, lastOf(value));
    const given = value.filter((one) => one !== "");
    // Words have no comma in them, so each of several values may be a list of them.
    return schema.anyOf?.some(({ items }) => items?.enum) ? given.join(",") || undefined : given;
  }
  // Where text is taken beside a list, the operation itself reads the commas.
  if (schema.type === "array" && typeof value === "string") return value.split(",").filter(Boolean);
  return coerceValue(schema.type, value);
}

function coerceValue(type: string | undefined, value: unknown): unknown {
  if (typeof value !== "string") return value;
  // Text of blanks alone is text: a user may be called so.
  if (value === "" || (type !== "string" && value.trim() === "")) return undefined;
  if (type === "number" || type === "integer") {
    const number = Number(value);
    return Number.isFinite(number) ? number : value;
  }
  if (type === "boolean") {
    if (/^(true|1)$/i.test(value)) return true;
    if (/^(false|0)$/i.test(value)) return false;
  }
  return value;
}
