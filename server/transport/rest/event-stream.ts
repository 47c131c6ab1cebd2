import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { acceptsEventStream } from "../../accept.ts";
import { admit, endOutlived, payForOpening, requireAccess } from "../../access.ts";
import { authenticate } from "../../auth/authenticate.ts";
import type { Principal } from "../../auth/principal.ts";
import { readKinds } from "../../domain/events/list-events.ts";
import { toEnvelope } from "../../events.ts";
import { newId } from "../../ids.ts";
import { fieldNamed, readInput } from "../../input.ts";
import { operations } from "../../operations.ts";
import { closeTimeoutMs, maxQueuedBytes } from "../../realtime/connection.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import { type ConnectionFacts, clientOf, type LiveConnection } from "../../realtime/live-connection.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Outgoing, Sink, Subscription } from "../../realtime/subscription.ts";
import type { Services } from "../../services.ts";
import { coercionOf, credentialsOf } from "./routes.ts";

const pingEvery = 15_000;

/** GET /events with Accept: text/event-stream (HTML Standard, 9.2): the log without any socket library. */
export function registerEventStream(app: FastifyInstance, services: Services, realtime: Realtime): void {
  app.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.url !== "/tenant/:tenantId/v1/events" || request.method !== "GET") return;
    if (!acceptsEventStream(request.headers.accept)) return;
    const principal = await principalOf(services, request);
    const query = queryOf(request);
    const since = cursorOf(request, query.after);
    const kinds = readKinds(query.kinds);
    // Gone while its credential was looked at: nothing would ever take it out again.
    if (reply.raw.destroyed) return reply.hijack();
    const stream = new EventStream({ services, realtime }, principal, reply, request.id);
    realtime.open(stream);
    reply.hijack();
    reply.raw.once("close", () => {
      stream.closed();
      realtime.closed(stream);
    });
    const { tenantId, userId } = principal;
    stream.subscription = await realtime.subscribe({ tenantId, userId, kinds, since, sink: stream }).catch((error) => {
      request.log.error({ err: error }, "an event stream could not start");
      reply.raw.destroy();
      return undefined;
    });
    if (reply.raw.destroyed || reply.raw.writableEnded) stream.closed();
    else stream.begin();
  });
}

async function principalOf(services: Services, request: FastifyRequest): Promise<Principal> {
  const credentials = credentialsOf(request);
  // EventSource cannot set headers.
  credentials.bearer ??= textOf(fieldNamed(request.query as Record<string, unknown>, "access_token"));
  const principal = await admit(services, { tenant: credentials.tenant, ip: request.ip }, () =>
    authenticate(services.security, credentials),
  );
  requireAccess(operations.events.list, principal);
  await payForOpening(services, principal);
  return principal;
}

/** Of several tokens the last counts, as of everything else in an address. */
function textOf(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last.trim() || undefined : undefined;
}

/** What is asked for, read as where the list is asked for. Throws `invalid`, `cursor_invalid`. */
function queryOf({ query, url }: FastifyRequest) {
  const fields = coercionOf(operations.events.list)(query as Record<string, unknown>, url);
  return readInput(operations.events.list, fields) as z.output<typeof operations.events.list.input>;
}

function cursorOf(request: FastifyRequest, after: string | undefined): string | undefined {
  const last = request.headers["last-event-id"];
  if (typeof last === "string" && last !== "") return last;
  return after?.trim() || undefined;
}

class EventStream implements Sink, LiveConnection {
  readonly id = newId();
  readonly protocol = "sse";
  readonly openedAt = Date.now();
  readonly principal: Principal;
  subscription: Subscription | undefined;
  private lastWrite = Date.now();
  private endedAt: number | undefined;
  private begun = false;
  private readonly reply: FastifyReply;
  private readonly deps: { services: Services; realtime: Realtime };
  private readonly requestId: string;

  constructor(
    deps: { services: Services; realtime: Realtime },
    principal: Principal,
    reply: FastifyReply,
    requestId: string,
  ) {
    this.deps = deps;
    this.principal = principal;
    this.reply = reply;
    this.requestId = requestId;
  }

  /** Says that it is open: with its first word, or once the log is joined. Whoever sees it open misses nothing from then on. */
  begin(): void {
    if (this.begun) return;
    this.begun = true;
    const headers = {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "x-request-id": this.requestId,
    };
    this.reply.raw.writeHead(200, { ...(this.reply.getHeaders() as Record<string, string>), ...headers });
    this.write(":\n\n");
  }

  deliver(outgoing: Outgoing): void {
    this.write(
      outgoing.shared(
        "sse",
        ({ event, eventId }) =>
          `id: ${eventId}\nevent: ${event.type}\ndata: ${JSON.stringify(toEnvelope(event, eventId))}\n\n`,
      ),
    );
  }

  ephemeral(): void {
    // Without a cursor they would only confuse a reader that resumes.
  }

  resync(reason: string, eventId: string): void {
    this.write(`id: ${eventId}\nevent: resync\ndata: ${JSON.stringify({ reason, eventId })}\n\n`);
  }

  position(eventId: string): void {
    this.write(`id: ${eventId}\nevent: position\ndata: ${JSON.stringify({ eventId })}\n\n`);
  }

  pressure(): Promise<void> | undefined {
    const { raw } = this.reply;
    if (!raw.writableNeedDrain || raw.destroyed) return undefined;
    return new Promise((resolve) => {
      const done = () => {
        raw.off("drain", done).off("close", done);
        resolve();
      };
      raw.on("drain", done).on("close", done);
    });
  }

  facts(): ConnectionFacts {
    const { request, raw } = this.reply;
    return { transport: "sse", client: clientOf(request.headers), queuedBytes: raw.writableLength };
  }

  sweep(now: number): void {
    if (this.endedAt !== undefined) {
      if (now - this.endedAt >= closeTimeoutMs) this.reply.raw.destroy();
      return;
    }
    if (now - this.lastWrite >= pingEvery) this.write(":\n\n");
    endOutlived({ services: this.deps.services, log: this.reply.log }, this, now);
  }

  /** Nothing is said after it: a second word to a response that has ended would end the process. */
  disconnect(reason: DisconnectReason): void {
    if (this.endedAt !== undefined) return;
    this.begin(); // without its head a browser would take the end for a refusal, and not come back
    const { again, text: detail } = disconnects[reason];
    // An EventSource comes back after every end, unless its page listens for this.
    if (!again) this.write(`event: close\ndata: ${JSON.stringify({ reason, detail })}\n\n`);
    this.endedAt = Date.now();
    this.closed();
    this.deps.realtime.abandon(this);
    this.reply.raw.end();
  }

  closed(): void {
    this.subscription?.close();
  }

  private write(text: string): void {
    const { raw } = this.reply;
    if (raw.destroyed || this.endedAt !== undefined) return;
    this.begin();
    this.lastWrite = Date.now();
    const { tap } = this.deps.realtime;
    if (tap.on) tap.frame(this, "out", { bytes: Buffer.byteLength(text), read: () => text });
    raw.write(text);
    if (raw.writableLength > maxQueuedBytes) raw.destroy(); // it comes back with Last-Event-ID
  }
}
