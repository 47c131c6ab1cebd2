import { z } from "zod";
import { payForOpening, requireAccess } from "../../access.ts";
import { clientHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { type Envelope, type EventType, eventTypes, toEnvelope } from "../../events.ts";
import { fieldNamed } from "../../input.ts";
import { operations } from "../../operations.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import { EventQueue } from "../../realtime/event-queue.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import { cursor } from "../../schema.ts";
import type { Services } from "../../services.ts";
import type { Invoker } from "./methods.ts";

const kinds = z.enum(Object.keys(eventTypes) as [EventType, ...EventType[]]);
const argument = z.object({ since: cursor.nullish(), kinds: z.array(kinds).max(50).nullish() });

interface Sources {
  services: Services;
  realtime: Pick<Realtime, "subscribe" | "abandon">;
}

/**
 * The caller's events from now or from a cursor, as `events.subscribe` of tRPC has them, for what that costs. Ends when the caller cancels.
 * A cursor of no use ends it with `cursor_expired` or `cursor_invalid`.
 */
export async function* streamEvents(
  { realtime, services }: Sources,
  fields: Record<string, unknown>,
  { principal, clientId, signal }: Invoker,
): AsyncGenerator<Envelope> {
  requireAccess(operations.events.list, principal);
  await payForOpening(services, principal);
  const asked = argument.safeParse({ since: fieldNamed(fields, "since"), kinds: fieldNamed(fields, "kinds") });
  if (!asked.success) throw new DomainError("invalid");
  const { tenantId, userId } = principal;
  const { since, kinds } = asked.data;
  const queue = new StreamQueue();
  const clientHash = userId === undefined ? undefined : clientHashOf(tenantId, userId, clientId);
  const options = { tenantId, userId, clientHash, kinds: kinds ? new Set(kinds) : undefined, sink: queue };
  const subscription = realtime.subscribe({ ...options, since: since ?? undefined });
  subscription.then(
    (opened) => queue.over && opened.close(),
    (error) => queue.fail(error),
  );
  // Not only at the end of what is read: while its peer reads nothing, nobody asks for the next event.
  const end = () => {
    queue.end();
    realtime.abandon(queue);
    subscription.then(
      (opened) => opened.close(),
      () => {}, // told already
    );
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    for (let next = await queue.next(); next; next = await queue.next())
      yield next.shared("envelope", ({ event, eventId }) => toEnvelope(event, eventId));
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

class StreamQueue extends EventQueue {
  disconnect(reason: DisconnectReason): void {
    this.fail(new DomainError("unavailable", { detail: disconnects[reason].text, retryAfter: 1 }));
  }
}
