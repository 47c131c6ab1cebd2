/** The service gives each of its refusals a code: without one it is somebody else's, on the way there. */
const UNKNOWN = "unknown";

/** The service answered, and the answer was no (RFC 9457, with a stable `code`). */
export class ParleyError extends Error {
  readonly status: number;
  readonly code: string;
  /** What the service says, for people; `message` adds the cause. */
  readonly detail: string;
  /** Quote it when asking about an error. */
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Field → what is wrong with it. */
  readonly errors: Record<string, string[]>;

  constructor(status: number, problem: Problem, at: At = {}) {
    const text = problem.detail ?? problem.title ?? `The service answered ${status}.`;
    super(at.cause ? `${text}; ${at.cause.message}` : text, at.cause && { cause: at.cause });
    this.name = "ParleyError";
    this.detail = text;
    this.status = status;
    this.code = typeof problem.code === "string" ? problem.code : UNKNOWN;
    this.requestId = at.requestId;
    this.retryAfterMs = at.retryAfterMs;
    this.errors = problem.errors ?? {};
  }

  /**
   * 429 and 5xx pass by themselves: the same call with the same id may succeed later. So does a 404 that is not the service's own, as of a
   * proxy whose service is not there yet.
   */
  get passing(): boolean {
    const { status } = this;
    return status === 429 || status >= 500 || (status === 404 && this.code === UNKNOWN);
  }
}

interface At {
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  /** Why there was no other token than the one that was refused. */
  cause?: TokenError | undefined;
}

/** The app's own `getToken` threw, and no call could be made for it: `cause` is what it threw. */
export class TokenError extends Error {
  constructor(cause: unknown) {
    super(`getToken gave no token: ${withoutTokens(cause instanceof Error ? cause.message : String(cause))}`, {
      cause,
    });
    this.name = "TokenError";
  }
}

/** An app's words may quote the token that it could not renew, or what it renews it with, and ours are shown and logged. */
function withoutTokens(text: string): string {
  return text
    .replace(/eyJ[\w-]+(?:\.[\w-]+)*/gu, "…")
    .replace(/(\bBearer\s+|(?:token|key|secret|\bcode)=)[^\s&"',;]+/giu, "$1…");
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  errors?: Record<string, string[]>;
}

export async function toParleyError(response: Response): Promise<ParleyError> {
  return (await readRefusal(response))();
}

/** Reads it at once, and makes the error when it is known why there is no other token. */
export async function readRefusal(response: Response): Promise<(cause?: TokenError) => ParleyError> {
  const isJson = /json/u.test(response.headers.get("content-type") ?? "");
  const problem = isJson ? ((await response.json()) as Problem) : {};
  const seconds = Number(response.headers.get("retry-after"));
  const at: At = {
    requestId: response.headers.get("x-request-id") ?? undefined,
    retryAfterMs: seconds > 0 ? seconds * 1_000 : undefined,
  };
  return (cause) => new ParleyError(response.status, problem, { ...at, cause });
}

/** Whether it says that there is no such thing for this person. */
export function saysGone(error: unknown): boolean {
  return error instanceof ParleyError && [403, 404].includes(error.status) && error.code !== UNKNOWN;
}

/** What to show a person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ParleyError) {
    const [[field, texts] = []] = Object.entries(error.errors);
    return field ? `${error.detail}: ${field} ${texts?.[0] ?? ""}` : error.detail;
  }
  // A fetch without an answer throws a TypeError, also the one that asks for the token.
  if (error instanceof TokenError && !(error.cause instanceof TypeError)) return error.message;
  return "The service did not answer. Check the connection and try again.";
}
