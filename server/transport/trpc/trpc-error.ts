import { TRPCError } from "@trpc/server";
import type { Logger } from "pino";
import { z } from "zod";
import { DomainError, type ErrorCode, errorTable, type Problem, toDomainError, toProblem } from "../../errors.ts";
import { fieldErrors } from "../../input.ts";

const trpcCodes: Partial<Record<number, TRPCError["code"]>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  410: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  503: "SERVICE_UNAVAILABLE",
};

/** What tRPC itself finds wrong with a call, in our words. */
const ownCodes: Partial<Record<TRPCError["code"], ErrorCode>> = {
  PARSE_ERROR: "invalid",
  BAD_REQUEST: "invalid",
  NOT_FOUND: "not_found",
  METHOD_NOT_SUPPORTED: "method_not_allowed",
  PAYLOAD_TOO_LARGE: "too_large",
  UNSUPPORTED_MEDIA_TYPE: "not_json",
  UNPROCESSABLE_CONTENT: "invalid",
};

/** An error in tRPC's words; ours travels as its cause. */
export function toTrpcError(error: unknown): TRPCError {
  const known = fromTrpcError(error);
  const code = trpcCodes[errorTable[known.code].status] ?? "INTERNAL_SERVER_ERROR";
  return new TRPCError({ code, message: known.message, cause: known });
}

/** The error behind what tRPC threw: ours, what tRPC found wrong with the call, or `internal`. */
export function fromTrpcError(error: unknown): DomainError {
  if (!(error instanceof TRPCError)) return toDomainError(error);
  if (error.cause instanceof DomainError) return error.cause;
  if (error.cause instanceof z.ZodError) return new DomainError("invalid", { errors: fieldErrors(error.cause) });
  const code = ownCodes[error.code];
  return code ? new DomainError(code, { detail: error.message }) : toDomainError(error.cause ?? error);
}

export interface ErrorData {
  code: TRPCError["code"];
  httpStatus: number;
  path?: string | undefined;
  /** The same document as over REST. */
  problem: Problem;
}

/** What a client gets to see of an error: `data.problem` is the problem document, and the HTTP status is its own. */
export function describeError(
  error: TRPCError,
  at: { path?: string | undefined; requestId?: string | undefined },
): { message: string; data: ErrorData } {
  const { message } = fromTrpcError(error);
  const problem = toProblem(fromTrpcError(error), at.requestId === undefined ? {} : { requestId: at.requestId });
  return { message, data: { code: error.code, httpStatus: problem.status, path: at.path, problem } };
}

/** The pipeline logs what goes wrong in it; what is left to log is a fault on tRPC's part of the way. */
export function logOwnFault(log: Logger, error: TRPCError, requestId?: string): void {
  if (error.code !== "INTERNAL_SERVER_ERROR" || error.cause instanceof DomainError) return;
  log.error({ err: error.cause ?? error, requestId }, "a tRPC call failed outside the pipeline");
}
