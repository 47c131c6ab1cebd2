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

export interface ErrorFace {
  /** What the caller is told beyond the title. */
  detail?: string;
  /** Field → messages, on 400. */
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

/** The error itself when it is ours; `unavailable` for a lost or full database; else `internal`. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (isConnectionLoss(error)) return new DomainError("unavailable", { retryAfter: 1, internal: error });
  return new DomainError("internal", { internal: error });
}

const lossCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08006",
  "08001",
  "08003",
  "08004",
]);

/** True when an error says that the database could not be reached or dropped us (SQLSTATE classes 08, 57P, 53300; socket errors). */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as Error & { code?: unknown }).code;
  if (
    typeof code === "string" &&
    (lossCodes.has(code) || code === "P1001" || code === "P1017" || code === "P2024" || code === "P2028")
  )
    return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/.test(
    error.message,
  );
}
