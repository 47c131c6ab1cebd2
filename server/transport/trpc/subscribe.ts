import { tracked } from "@trpc/server";
import { z } from "zod";
import { hasOutlivedToken, requireAccess } from "../../access.ts";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { type Envelope, type EventType, eventTypes, toEnvelope } from "../../events.ts";
import { newId } from "../../ids.ts";
import { operations } from "../../operations.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import type { Outgoing, Sink } from "../../realtime/subscription.ts";
import type { TrpcContext } from "./context.ts";
import { toTrpcError } from "./trpc-error.ts";

const kinds = z.enum(Object.keys(eventTypes) as [EventType, ...EventType[]]);

export const subscribeInput = z
  .object({
    since: z.string().max(200).optional().describe("Resume after this event id"),
    lastEventId: z.string().max(200).nullish().describe("Set by the client when it reconnects; stands before since"),
    kinds: z.array(kinds).max(50).optional(),
  })
  .optional();

const maxQueued = 2000;

/**
 * The caller's events from now or from a cursor, each tracked by its event id, through the same core as the hub. Ephemeral ones are not
 * tracked and so not here. What is answered before it resolves is `started`: from then on nothing is missed.
 */
export async function subscribeToEvents(
  ctx: TrpcContext,
  input: z.output<typeof subscribeInput>,
  signal: AbortSignal | undefined,
) {
  const reader = await open(ctx, input).catch((error) => {
    throw toTrpcError(error);
  });
  // A generator that is never asked for anything never ends: whoever is gone by now is noticed here.
  const ends = [ctx.gone, ...(signal ? [signal] : [])];
  for (const end of ends) end.addEventListener("abort", reader.stop, { once: true });
  if (ends.some((end) => end.aborted)) reader.stop();
  return read(reader, () => {
    for (const end of ends) end.removeEventListener("abort", reader.stop);
    reader.stop();
  });
}

async function* read({ queue }: { queue: EventQueue }, done: () => void) {
  try {
    for (;;) {
      const outgoing = await queue.next();
      if (!outgoing) return;
      yield tracked(outgoing.eventId, envelopeOf(outgoing));
    }
  } catch (error) {
    throw toTrpcError(error);
  } finally {
    done();
  }
}

function envelopeOf(outgoing: Outgoing): Envelope {
  return outgoing.shared("trpc", ({ event, eventId }) => toEnvelope(event, eventId));
}

async function open(ctx: TrpcContext, input: z.output<typeof subscribeInput>) {
  const principal = await ctx.principal();
  requireAccess(operations.events.list, principal);
  const queue = new EventQueue(principal, ctx);
  ctx.realtime.open(queue);
  const { tenantId, userId } = principal;
  const since = input?.lastEventId ?? input?.since;
  const wanted = input?.kinds && new Set(input.kinds);
  let closeSubscription = () => {};
  const stop = () => {
    queue.end();
    closeSubscription();
    ctx.realtime.closed(queue);
  };
  const subscription = ctx.realtime.subscribe({ tenantId, userId, kinds: wanted, since, sink: queue }).then(
    (opened) => {
      closeSubscription = () => opened.close();
      if (queue.over) opened.close();
    },
    (error) => queue.fail(error),
  );
  // A backfill goes only as fast as the client reads, so it cannot be waited for; its cursor sees to it that nothing is missed.
  if (since === undefined) await subscription;
  return { queue, stop };
}

/**
 * Between the hub, which pushes, and the generator, which is pulled. Bounded. Whatever a client shall come back from cuts its connection:
 * it would take an ordinary end for the end of the subscription.
 */
class EventQueue implements Sink, LiveConnection {
  readonly id = newId();
  readonly protocol = "trpc";
  readonly openedAt = Date.now();
  readonly principal: Principal;
  over = false;
  private items: Outgoing[] = [];
  private failure: unknown;
  private wake: () => void = () => {};
  private drained: () => void = () => {};
  private readonly ctx: TrpcContext;

  constructor(principal: Principal, ctx: TrpcContext) {
    this.principal = principal;
    this.ctx = ctx;
  }

  /** The next event; undefined at the end. Throws what ended it. */
  async next(): Promise<Outgoing | undefined> {
    for (;;) {
      const item = this.items.shift();
      if (item) {
        if (this.items.length === 0) this.drained();
        return item;
      }
      if (this.failure) throw this.failure;
      if (this.over) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  deliver(outgoing: Outgoing): void {
    if (this.over) return;
    if (this.items.length >= maxQueued) this.disconnect("slow_consumer");
    else this.items.push(outgoing);
    this.wake();
  }

  ephemeral(): void {
    // An untracked frame would make the client forget where it was.
  }

  resync(reason: "expired" | "invalid"): void {
    this.fail(new DomainError(reason === "expired" ? "cursor_expired" : "cursor_invalid"));
  }

  position(): void {
    // Every event carries its own id.
  }

  pressure(): Promise<void> | undefined {
    if (this.over || this.items.length < maxQueued / 4) return undefined;
    return new Promise((resolve) => {
      this.drained = resolve;
    });
  }

  sweep(now: number): void {
    if (this.over || (this.principal.expiresAt ?? now) >= now) return;
    hasOutlivedToken(this.ctx.services, this.principal, now).then(
      (outlived) => outlived && this.disconnect("expired"),
      // The next sweep asks again.
      (error) => this.ctx.log.warn({ err: error }, "a tenant's grace period could not be read"),
    );
  }

  disconnect(reason: DisconnectReason): void {
    if (this.over) return;
    const { again, text } = disconnects[reason];
    if (again) this.ctx.hangUp(reason);
    else this.failure = new DomainError("unauthenticated", { detail: text });
    this.end();
  }

  fail(error: unknown): void {
    this.failure ??= error;
    this.end();
  }

  end(): void {
    this.over = true;
    this.wake();
    this.drained();
  }
}
