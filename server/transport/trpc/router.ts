import { initTRPC, type TRPCMutationProcedure, type TRPCQueryProcedure } from "@trpc/server";
import type { z } from "zod";
import { toDomainError, toProblem } from "../../errors.ts";
import { execute } from "../../execute.ts";
import type { Operation } from "../../operation.ts";
import { type Catalogue, operations } from "../../operations.ts";
import { type TrpcContext, toTrpcError } from "./context.ts";
import { subscribeInput, subscribeToEvents } from "./subscribe.ts";

const t = initTRPC.context<TrpcContext>().create({
  isDev: false,
  sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } },
  errorFormatter: ({ shape, error, ctx }) => ({
    message: shape.message,
    code: shape.code,
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      path: shape.data.path,
      problem: toProblem(error.cause ?? error, ctx ? { requestId: ctx.requestId } : {}),
    },
  }),
});

/** What the typed client sees of an operation. */
type ProcedureOf<O> =
  O extends Operation<infer I, infer R, infer K>
    ? K extends "query"
      ? TRPCQueryProcedure<{ input: InputOf<I>; output: z.output<R>; meta: unknown }>
      : TRPCMutationProcedure<{ input: InputOf<I>; output: z.output<R>; meta: unknown }>
    : never;

/** Calls without any required field may leave the input out. */
type InputOf<I extends z.ZodType> = Record<never, never> extends z.input<I> ? z.input<I> | void : z.input<I>;

type Procedures = {
  [Noun in keyof Catalogue]: { [Verb in keyof Catalogue[Noun]]: ProcedureOf<Catalogue[Noun][Verb]> };
};

/** The router is the catalogue; its type is computed from it, its values from the same objects. */
export const appRouter = t.router({
  ...procedures(),
  events: t.router({
    ...procedures().events,
    subscribe: t.procedure
      .input(subscribeInput)
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
  const call = ({ ctx, input, signal }: { ctx: TrpcContext; input: unknown; signal?: AbortSignal | undefined }) =>
    run(operation, ctx, input, signal);
  return operation.kind === "query" ? base.query(call) : base.mutation(call);
}

async function run(
  operation: Operation,
  ctx: TrpcContext,
  input: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    const principal = await ctx.principal({
      optional: operation.access.caller === "anyone",
      root: operation.http.root ?? false,
    });
    const { idempotencyKey, ...raw } = (
      input && typeof input === "object" && !Array.isArray(input) ? input : {}
    ) as Record<string, unknown>;
    const { services, requestId, log } = ctx;
    const key = typeof idempotencyKey === "string" && operation.http.method === "POST" ? idempotencyKey : undefined;
    const answer = await execute(operation, raw, {
      tenantId: principal.tenantId,
      principal,
      requestId,
      services,
      log,
      signal,
      idempotencyKey: key,
    });
    return answer.body;
  } catch (error) {
    throw toTrpcError(toDomainError(error));
  }
}
