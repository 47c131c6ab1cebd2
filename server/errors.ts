import { isConnectionLoss, isShortage } from "./persistence/faults.ts";

/** One row a code: what every transport says, and whether repeating the same call can help. */
interface ErrorRow {
  status: number;
  title: string;
  retry: boolean;
}

export const errorTable = {
  invalid: { status: 400, title: "The request is not valid", retry: false },
  cursor_invalid: { status: 400, title: "The cursor was not made here", retry: false },
  unauthenticated: { status: 401, title: "A valid credential is needed", retry: false },
  forbidden: { status: 403, title: "This credential may not do that", retry: false },
  user_required: { status: 403, title: "This call needs a user", retry: false },
  reauthentication_required: { status: 403, title: "Say again who you are", retry: false },
  scope_missing: { status: 403, title: "The key lacks the scope", retry: false },
  chat_frozen: { status: 403, title: "The chat is frozen", retry: false },
  muted: { status: 403, title: "You are muted in this chat", retry: false },
  tenant_suspended: { status: 403, title: "The tenant is suspended", retry: false },
  not_found: { status: 404, title: "There is nothing here that you can see", retry: false },
  method_not_allowed: { status: 405, title: "This address does not take that method", retry: false },
  conflict: { status: 409, title: "The state of things does not allow it", retry: false },
  idempotency_running: { status: 409, title: "A call with this idempotency key is still running", retry: true },
  cursor_expired: { status: 410, title: "The cursor is too old", retry: false },
  too_large: { status: 413, title: "The request is too large", retry: false },
  not_json: { status: 415, title: "The body must be JSON", retry: false },
  idempotency_reused: { status: 422, title: "The key was used with another body", retry: false },
  rate_limited: { status: 429, title: "Too many calls", retry: true },
  headers_too_large: { status: 431, title: "The request's headers are too large", retry: false },
  internal: { status: 500, title: "Something went wrong here", retry: true },
  unavailable: { status: 503, title: "The service cannot take the call now; nothing was stored", retry: true },
  "outcome-unknown": {
    status: 503,
    title: "The database went away during commit; repeat with the same key",
    retry: true,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as ErrorCode[];

export interface ErrorFace {
  /** What the caller is told beyond the title. */
  detail?: string;
  /** Field → messages: what is wrong with it, or that it is taken. */
  errors?: Record<string, string[]>;
  /** Seconds after which a repeat makes sense. */
  retryAfter?: number;
  headers?: Record<string, string>;
  /** For our log only. */
  internal?: unknown;
}

/** An error with two faces: `code` and `detail` for the caller, `internal` for the log. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly face: ErrorFace;
  /** Set by whoever wrote it to the log, so that it stands there once. */
  logged = false;
  constructor(code: ErrorCode, face: ErrorFace = {}) {
    super(`${code}: ${face.detail ?? errorTable[code].title}`);
    this.name = "DomainError";
    this.code = code;
    this.face = face;
  }
  get status(): number {
    return errorTable[this.code].status;
  }
}

/** The conflict of what was to be new. */
export function takenError(field: string): DomainError {
  const text = "It exists already";
  return new DomainError("conflict", { detail: text, errors: { [field]: [text] } });
}

/** The problem document of RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  instance?: string;
  errors?: Record<string, string[]>;
  requestId?: string;
}

/** Renders an error as a problem document (RFC 9457); an unknown error becomes `internal` and shows nothing of itself. */
export function toProblem(error: unknown, at: { instance?: string; requestId?: string } = {}): Problem {
  const known = toDomainError(error);
  const row = errorTable[known.code];
  return {
    type: `/docs/errors/${known.code}`,
    title: row.title,
    status: row.status,
    code: known.code,
    ...(known.face.detail ? { detail: known.face.detail } : {}),
    ...(known.face.errors ? { errors: known.face.errors } : {}),
    ...at,
  };
}

/** The headers of an answer over HTTP that say more of its error: when to come back, how to prove who one is. */
export function headersOfError({ face, status }: DomainError): Record<string, string> {
  return {
    ...face.headers,
    ...(face.retryAfter === undefined ? {} : { "Retry-After": String(face.retryAfter) }),
    ...(status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
  };
}

/** The error itself when it is ours; the caller's mistake when the HTTP server found it; `unavailable` for a lost or full database; else `internal`. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (isAborted(error)) return new DomainError("invalid", { detail: "The request ended before its end" });
  if (isConnectionLoss(error) || isShortage(error))
    return new DomainError("unavailable", { retryAfter: 1, internal: error });
  return callerFault(error) ?? new DomainError("internal", { internal: error });
}

const httpFaults: Record<string, ConstructorParameters<typeof DomainError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["too_large"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["not_json"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["invalid", { detail: "The body is not as long as Content-Length says" }],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["invalid"],
  FST_ERR_BAD_URL: ["invalid", { detail: "The address cannot be read" }],
  FST_ERR_MAX_PARAM_LENGTH: ["not_found"],
  // A page's address that cannot be handed on: `*`, or one with another host.
  ERR_INVALID_URL: ["invalid", { detail: "The address cannot be read" }],
};

/** Node's word for a request whose sender went away; its code is that of a lost database too. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && error.message === "aborted" && (error as { code?: unknown }).code === "ECONNRESET";
}

/** A fault of the request that the HTTP server found before us. */
function callerFault(error: unknown): DomainError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", statusCode = 500 } = error as Error & { code?: string; statusCode?: number };
  // A URIError without a code comes of a lone % in an address; Fastify gives its own one.
  const name = error instanceof URIError && code === "" ? "ERR_INVALID_URL" : code;
  const known = Object.hasOwn(httpFaults, name) ? httpFaults[name] : undefined;
  if (known) return new DomainError(...known);
  return statusCode >= 400 && statusCode < 500 ? new DomainError("invalid", { internal: error }) : undefined;
}

/** Whether an error belongs into the log: what went wrong here, but not that a busy or ending node sent somebody away. */
export function isFault(error: DomainError): boolean {
  return error.status >= 500 && (error.code !== "unavailable" || error.face.internal !== undefined);
}
