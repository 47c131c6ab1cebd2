import { TRPCError } from "@trpc/server";
import type { Logger } from "pino";
import type { Principal } from "../../auth/principal.ts";
import { type DomainError, errorTable } from "../../errors.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import type { Services } from "../../services.ts";

export interface TrpcContext {
  services: Services;
  realtime: Realtime;
  requestId: string;
  log: Logger;
  /** Checked anew for every call: a batch or a socket outlives a credential. */
  principal(options?: { optional?: boolean; root?: boolean }): Promise<Principal>;
}

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

/** The same error in tRPC's words; the problem document travels in `data.problem`. */
export function toTrpcError(error: DomainError): TRPCError {
  return new TRPCError({
    code: trpcCodes[errorTable[error.code].status] ?? "INTERNAL_SERVER_ERROR",
    message: error.message,
    cause: error,
  });
}
