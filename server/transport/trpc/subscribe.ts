import { setTimeout as sleep } from "node:timers/promises";
import { type TRPCError, tracked } from "@trpc/server";
import { z } from "zod";
import { endOutlived, payForOpening, requireAccess } from "../../access.ts";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { type Envelope, type EventType, eventTypes, toEnvelope } from "../../events.ts";
import { newId } from "../../ids.ts";
import { fieldNamed } from "../../input.ts";
import { operations } from "../../operations.ts";
import { closeTimeoutMs } from "../../realtime/connection.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import { EventQueue } from "../../realtime/event-queue.ts";
import type { ConnectionFacts, LiveConnection } from "../../realtime/live-connection.ts";
import type { Outgoing } from "../../realtime/subscription.ts";
import { cursor } from "../../schema.ts";
import type { TrpcContext } from "./context.ts";
import { fromTrpcError, toTrpcError } from "./trpc-error.ts";

const kinds = z.enum(Object.keys(eventTypes) as [EventType, ...EventType[]]);

const subscribeInput = z
  .object({
    since: cursor.optional().describe("Resume after this event id"),
    lastEventId: cursor.nullish().describe("Set by the client when it reconnects; stands before since"),
    kinds: z.array(kinds).max(50).optional(),
  })
  .optional();

type SubscribeInput = z.output<typeof subscribeInput>;

/** The names of the fields in any letter case, as every operation reads them. Throws ZodError. */
export function readSubscribeInput(raw: unknown): SubscribeInput {
  if (!raw || typeof raw !== "object") return subscribeInput.parse(raw);
  const fields = raw as Record<string, unknown>;
  const [since, lastEventId, kinds] = ["since", "lastEventId", "kinds"].map((name) => fieldNamed(fields, name));
  return subscribeInput.parse({ since: since ?? undefined, lastEventId, kinds: kinds ?? undefined });
}

/**
 * The caller's events from now or from a cursor, each tracked by its event id, through the same core as the hub. Ephemeral ones are not
 * tracked and so not here. What is answered before it resolves is `started`: from then on nothing is missed.
 */
export async function subscribeToEvents(ctx: TrpcContext, input: SubscribeInput, signal: AbortSignal | undefined) {
  const reader = await open(ctx, input).catch(async (error) => {
    throw await endOf(ctx, error, signal);
  });
  // A generator that is never asked for anything never ends: whoever is gone by now is noticed here.
  const ends = [ctx.gone, ...(signal ? [signal] : [])];
  for (const end of ends) end.addEventListener("abort", reader.stop, { once: true });
  if (ends.some((end) => end.aborted)) reader.stop();
  const done = () => {
    for (const end of ends) end.removeEventListener("abort", reader.stop);
    reader.stop();
  };
  return read(ctx, { queue: reader.queue, signal, done });
}

interface Reading {
  queue: EventQueue;
  signal: AbortSignal | undefined;
  done(): void;
}

async function* read(ctx: TrpcContext, { queue, signal, done }: Reading) {
  try {
    for (;;) {
      const outgoing = await queue.next();
      if (!outgoing) return;
      yield tracked(outgoing.eventId, envelopeOf(outgoing));
      await ctx.pressure?.();
    }
  } catch (error) {
    throw await endOf(ctx, error, signal);
  } finally {
    done();
  }
}

/**
 * What ends a subscription. Over a socket the stock client takes any error for the end for good, so after a fault of ours, which may pass,
 * its connection is cut: it comes back, and resumes. Not at once, and not all at the same time: many have met the same fault.
 */
async function endOf(ctx: TrpcContext, error: unknown, signal: AbortSignal | undefined): Promise<TRPCError> {
  const known = fromTrpcError(error);
  if (ctx.transport === "websocket" && known.status >= 500) {
    ctx.log.warn({ err: known.face.internal ?? known }, "a subscription could not go on; its connection is cut");
    const left = AbortSignal.any([ctx.gone, ...(signal ? [signal] : [])]);
    const waited = sleep(500 + Math.random() * 1500, true, { signal: left }).catch(() => false);
    if (await waited) ctx.hangUp("internal");
  }
  return toTrpcError(known);
}

function envelopeOf(outgoing: Outgoing): Envelope {
  return outgoing.shared("envelope", ({ event, eventId }) => toEnvelope(event, eventId));
}

async function open(ctx: TrpcContext, input: SubscribeInput) {
  const principal = await ctx.principal();
  requireAccess(operations.events.list, principal);
  const queue = new SubscriptionQueue(principal, ctx);
  const enter = async () => {
    await payForOpening(ctx.services, principal);
    ctx.realtime.open(queue);
  };
  const left = ctx.stopped ? AbortSignal.any([ctx.gone, ctx.stopped]) : ctx.gone;
  await (ctx.turn ? ctx.turn.take(enter, left) : enter());
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

/** Whatever a client shall come back from cuts its connection: it would take an ordinary end for the end of the subscription. */
class SubscriptionQueue extends EventQueue implements LiveConnection {
  readonly id = newId();
  readonly protocol = "trpc";
  readonly openedAt = Date.now();
  readonly principal: Principal;
  private readonly ctx: TrpcContext;
  private endedAt: number | undefined;
  private reason: DisconnectReason = "slow_consumer";

  constructor(principal: Principal, ctx: TrpcContext) {
    super();
    this.principal = principal;
    this.ctx = ctx;
  }

  facts(): ConnectionFacts {
    return { transport: this.ctx.transport, client: this.ctx.client };
  }

  sweep(now: number): void {
    // Who does not read would never see the end, and stay.
    if (this.endedAt !== undefined && now - this.endedAt >= closeTimeoutMs) this.ctx.hangUp(this.reason);
    if (!this.over) endOutlived(this.ctx, this, now);
  }

  disconnect(reason: DisconnectReason): void {
    if (this.over) return;
    const { again, text } = disconnects[reason];
    this.reason = reason;
    if (again) {
      this.ctx.hangUp(reason);
      this.end();
    } else this.refuse(new DomainError("unauthenticated", { detail: text }));
  }

  override end(): void {
    this.endedAt ??= Date.now();
    super.end();
  }
}
