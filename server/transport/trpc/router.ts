import { initTRPC, type TRPCError, type TRPCMutationProcedure, type TRPCQueryProcedure } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import type { z } from "zod";
import { DomainError } from "../../errors.ts";
import { execute } from "../../execute.ts";
import { fieldNamed, readFields } from "../../input.ts";
import type { Call, Operation, StandAside } from "../../operation.ts";
import { type Catalogue, operations } from "../../operations.ts";
import type { Repeat, TrpcContext } from "./context.ts";
import { earlyStopOf } from "./early-stops.ts";
import { readSubscribeInput, subscribeToEvents } from "./subscribe.ts";
import { describeError, fromTrpcError, toTrpcError } from "./trpc-error.ts";

const t = initTRPC.context<TrpcContext>().create({
  isDev: false,
  sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } },
  errorFormatter: ({ shape, error, ctx, path, type, input }) => ({
    code:
      type === "subscription" && comesBack(error, ctx, input)
        ? TRPC_ERROR_CODES_BY_KEY.SERVICE_UNAVAILABLE
        : shape.code,
    ...describeError(error, { path, requestId: ctx?.requestId }),
  }),
});

/**
 * Whether what ends a stream is to pass for its client: by the number of the error it knows whether to try again. Who was refused for
 * having come too soon misses nothing by that where it resumes.
 */
function comesBack(error: TRPCError, ctx: TrpcContext | undefined, input: unknown): boolean {
  if (ctx?.transport !== "sse" || fromTrpcError(error).code !== "rate_limited") return false;
  const { since, lastEventId } = readSubscribeInput(input) ?? {};
  return Boolean(lastEventId ?? since);
}

/** What the typed client sees of an operation. */
type ProcedureOf<O> =
  O extends Operation<infer I, infer R, infer K>
    ? K extends "query"
      ? TRPCQueryProcedure<{ input: Optional<z.input<I>>; output: z.output<R>; meta: unknown }>
      : TRPCMutationProcedure<{ input: Optional<z.input<I> & Repeatable>; output: z.output<R>; meta: unknown }>
    : never;

/** Calls without any required field may leave the input out. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is how tRPC knows an input that may be left out
type Optional<Input> = Record<never, never> extends Input ? Input | void : Input;

/** A batch or a socket has no headers for a single call, so what is a header over HTTP is a field here too. */
interface Repeatable {
  /** For what is a POST by REST, or is asked for under a condition (`onlyNew`, `onlyIf`): the same key and input within 24 hours get the first answer again. Elsewhere it does nothing. */
  idempotencyKey?: string;
}

type Procedures = {
  [Noun in keyof Catalogue]: { [Verb in keyof Catalogue[Noun]]: ProcedureOf<Catalogue[Noun][Verb]> };
};

/** The router is the catalogue; its type is computed from it, its values from the same objects. */
export const appRouter = t.router({
  ...procedures(),
  events: t.router({
    ...procedures().events,
    subscribe: t.procedure
      .use(async ({ getRawInput, next }) => next({ ctx: { stopped: earlyStopOf(await getRawInput()) } }))
      .input(readSubscribeInput)
      .subscription(({ ctx, input, signal }) => subscribeToEvents(ctx, input, signal)),
  }),
});

export type AppRouter = typeof appRouter;

function procedures(): Procedures {
  const nouns = Object.entries(operations).map(([noun, verbs]) => [
    noun,
    Object.fromEntries(
      Object.entries(verbs).map(([verb, operation]) => [verb, procedure(operation as unknown as Operation)]),
    ),
  ]);
  return Object.fromEntries(nouns) as Procedures;
}

/** The pipeline parses and shapes, so the procedure does neither. */
function procedure(operation: Operation) {
  const base = t.procedure.input((raw: unknown) => raw);
  const call = ({ ctx, input, signal }: { ctx: TrpcContext; input: unknown; signal?: AbortSignal | undefined }) => {
    const own = (standAside?: StandAside) => run(operation, ctx, input, { signal, standAside });
    return (ctx.batch ? ctx.batch.run(own) : own()).catch((error) => {
      throw toTrpcError(error);
    });
  };
  return operation.kind === "query" ? base.query(call) : base.mutation(call);
}

async function run(
  operation: Operation,
  ctx: TrpcContext,
  input: unknown,
  of: Pick<Call, "signal" | "standAside">,
): Promise<unknown> {
  const { access, http, kind } = operation;
  const { caller, evenSuspended = false } = access;
  const options = { optional: caller === "anyone", evenSuspended, root: http.root ?? false };
  const principal = await ctx.principal(options).catch((error) => {
    const { requestId, ip } = ctx;
    ctx.services.requests.refused(ctx.tenant(), { transport: "trpc", requestId, ip }, operation, error);
    throw error;
  });
  const raw = readFields(input);
  const idempotencyKey = fieldNamed(raw, "idempotencyKey");
  const { services, requestId, log } = ctx;
  const answer = await execute(operation, raw, {
    tenantId: principal.tenantId,
    principal,
    requestId,
    services,
    transport: "trpc",
    ip: ctx.ip,
    log,
    ...of,
    idempotencyKey: kind === "mutation" ? readIdempotencyKey(idempotencyKey, ctx.repeat) : undefined,
  });
  ctx.replayed = "Idempotent-Replayed" in answer.headers;
  return answer.body;
}

/** The field, which belongs to this call, wins over the header. Several calls cannot share one. */
function readIdempotencyKey(key: unknown, repeat: Repeat | undefined): string | undefined {
  if (key === undefined || key === null) {
    if (repeat === undefined || repeat.calls === 1) return repeat?.key;
    const message = "is for a single call: in a batch give each call its own idempotencyKey";
    throw new DomainError("invalid", { errors: { "Idempotency-Key": [message] } });
  }
  if (typeof key === "string") return key;
  throw new DomainError("invalid", { errors: { idempotencyKey: ["must be a string"] } });
}
