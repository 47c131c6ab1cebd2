import { z } from "zod";
import { recheckPrincipal } from "../../auth/recheck.ts";
import { DomainError } from "../../errors.ts";
import { type EventType, type LogEvent, toEnvelope } from "../../events.ts";
import { findReaderState, readVisibleEvents } from "../../log/store.ts";
import { type Context, query } from "../../operation.ts";
import { cursor } from "../../schema.ts";
import { envelopeSchema, eventType } from "./schema.ts";

const defaultLimit = 100;
const maxWait = 55;
const recheckEvery = 2000;
/** Of a call for some kinds: events that one read looks at, and reads after which it says how far it came. */
const portion = 500;
const maxPortions = 40;

const kindsInput = z.union([z.array(eventType), z.string().max(1000)]);

const input = z.object({
  kinds: kindsInput.optional().describe("Only these types; in the address repeated, or separated by commas"),
  after: cursor
    .optional()
    .describe(
      "Events after this event id: nextCursor goes here, also as `since`; without it only the present position is answered",
    ),
  limit: z.number().optional().describe("1 to 500, 100 unless given"),
  wait: z.number().optional().describe("Seconds to hold the call open until something comes, at most 55"),
});

export const listEvents = query({
  name: "events.list",
  summary: "What happened since: the caller's events, or with a key the whole tenant's",
  http: { method: "GET", path: "/events", streams: true, aliases: { since: "after" } },
  access: { caller: "user-or-key", scope: "events:read" },
  input,
  output: z.object({ data: z.array(envelopeSchema), nextCursor: z.string() }),
  errors: ["cursor_invalid", "cursor_expired"],
  async handle(ctx, wanted) {
    const kinds = readKinds(wanted.kinds);
    const limit = clamp(wanted.limit ?? defaultLimit, 1, 500);
    const until = Date.now() + clamp(wanted.wait ?? 0, 0, maxWait) * 1000;
    let after = wanted.after?.trim() || undefined;
    for (let portions = 1; ; portions++) {
      const answer = await read(ctx, after, { limit, kinds });
      if (answer.events.length > 0 || after === undefined || ctx.signal?.aborted) return present(ctx, answer);
      after = ctx.services.cursors.encode(ctx.tenantId, answer.epoch, answer.next);
      const isAtEnd = answer.next >= answer.position;
      if (!isAtEnd && portions < maxPortions) continue;
      const left = until - Date.now();
      if (!isAtEnd || left <= 0) return present(ctx, answer);
      const began = performance.now();
      await hold(ctx, { after: answer.position, kinds, seconds: left / 1000 });
      ctx.reply.waitedMs = (ctx.reply.waitedMs ?? 0) + performance.now() - began;
    }
  },
});

/** Holds the call until something comes, but not beyond its credential: who is revoked meanwhile gets 401 and nothing else. */
async function hold(ctx: Context, { after, ...waiting }: Holding): Promise<void> {
  const { tenantId, principal, services, signal, standAside = (wait) => wait() } = ctx;
  const { live, security } = services;
  const over = new AbortController();
  const end = () => over.abort();
  const recheck = setInterval(() => {
    recheckPrincipal(security, principal).then(
      (standing) => standing === "revoked" && end(),
      () => undefined, // nothing is known, so nothing ends
    );
  }, recheckEvery);
  signal?.addEventListener("abort", end, { once: true });
  try {
    if (!signal?.aborted)
      await standAside(() => live.waitForEvent(tenantId, principal.userId, after, { ...waiting, signal: over.signal }));
  } finally {
    clearInterval(recheck);
    signal?.removeEventListener("abort", end);
  }
  if (!signal?.aborted && (await recheckPrincipal(security, principal)) === "revoked")
    throw new DomainError("unauthenticated", { detail: "The credential is no longer valid" });
}

interface Holding {
  after: number;
  kinds: Kinds;
  seconds: number;
}

type Kinds = ReadonlySet<EventType> | undefined;

/** The types that a list names; undefined for all. Throws `invalid`. */
export function readKinds(kinds: z.output<typeof kindsInput> | undefined): Kinds {
  if (kinds === undefined) return undefined;
  const named = typeof kinds === "string" ? kinds.split(",").map((kind) => kind.trim()) : kinds;
  const unknown = named.filter((kind) => !eventType.safeParse(kind).success);
  if (unknown.length > 0)
    throw new DomainError("invalid", { errors: { kinds: unknown.map((kind) => `${kind} is no event type`) } });
  return new Set(named as EventType[]);
}

interface Answer {
  events: LogEvent[];
  /** Where the log was, at least, when it was read. */
  position: number;
  next: number;
  epoch: number;
}

async function read(
  ctx: Context,
  after: string | undefined,
  { limit, kinds }: { limit: number; kinds: Kinds },
): Promise<Answer> {
  const { db, cursors } = ctx.services;
  const { userId } = ctx.principal;
  const state = await findReaderState(db.pool, ctx.tenantId);
  if (!state) throw new DomainError("not_found");
  const { position, epoch } = state;
  if (after === undefined) return { events: [], position, next: position, epoch };
  const span = { after: cursors.resume(ctx.tenantId, after, state), upto: position, limit: kinds ? portion : limit };
  const seen = await readVisibleEvents(db.pool, ctx.tenantId, userId, span);
  const wanted = kinds ? seen.filter(({ type }) => kinds.has(type)) : seen;
  const events = wanted.slice(0, limit);
  const last = wanted.length > limit ? events.at(-1) : seen.length === span.limit ? seen.at(-1) : undefined;
  return { events, position, next: last?.position ?? position, epoch };
}

function present(ctx: Context, { events, next, epoch }: Answer) {
  const idOf = (position: number) => ctx.services.cursors.encode(ctx.tenantId, epoch, position);
  return { data: events.map((event) => toEnvelope(event, idOf(event.position))), nextCursor: idOf(next) };
}

function clamp(value: number, low: number, high: number): number {
  return Number.isNaN(value) ? low : Math.min(Math.max(Math.floor(value), low), high);
}
