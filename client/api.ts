import type { Calls } from "./calls.ts";
import { isDotSegment } from "./dot-segment.ts";
import { ParleyError, readRefusal, type TokenError, toParleyError } from "./parley-error.ts";
import { type CallName, routes } from "./routes.ts";
import type { TokenKeeper } from "./token-keeper.ts";
import type { Person } from "./types.ts";

const TRIES = 3;
const LONGEST_PAUSE_MS = 5_000;
const ANSWERS_WITHIN_MS = 10_000;

export interface Answer<Body> {
  body: Body;
  /** The position in the log at which a list is true: load, then listen from there, and there is no hole. */
  cursor: string | undefined;
  /** Whom the service takes the caller for, where it says so: with the list of chats. */
  userId: string | undefined;
}

export interface SeenCall {
  method: string;
  path: string;
  status: number;
  ms: number;
}

export interface ApiOptions {
  /** Of the tenant: `{base}/tenant/{tenantId}/v1`. */
  address: string;
  /** Left out for the calls that need no credential. */
  tokens?: TokenKeeper | undefined;
  /** Sent with every call: a backend's key. */
  headers?: Record<string, string> | undefined;
  onCall?: ((call: SeenCall) => void) | undefined;
  /** The service takes none of the tokens there are; why there is no other is the cause. */
  onSignedOut?: ((refusal: ParleyError) => void) | undefined;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** The signal of each fetch, in place of that. */
  signalOfFetch?: () => AbortSignal;
  /** Lets the service recognise a repeat of the same POST. */
  idempotencyKey?: string;
  /** It is finished also when the page is left meanwhile. */
  keepalive?: boolean;
  /** Once it has ended, however it did. */
  onEnd?: () => void;
}

/** A call, as it goes out. */
interface Asked extends CallOptions {
  method: string;
  path: string;
  body: string | undefined;
}

/** The public REST API, typed from the operation catalogue. Throws `ParleyError` for a refusal, `TokenError` without a token, `TypeError` without an answer. */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  async call<Name extends CallName>(
    name: Name,
    input: Calls[Name]["input"],
    options: CallOptions = {},
  ): Promise<Answer<Calls[Name]["output"]>> {
    const route: string | undefined = routes[name];
    if (route === undefined) throw new Error(`There is no call "${name}".`);
    const [method = "GET", template = ""] = route.split(" ");
    const { path, rest } = fillPath(template, (input ?? {}) as Record<string, unknown>);
    const isRead = method === "GET";
    const address = isRead ? `${path}${queryOf(rest)}` : path;
    const body = isRead || Object.keys(rest).length === 0 ? undefined : JSON.stringify(rest);
    try {
      return await this.#answer({ method, path: address, body, ...options });
    } finally {
      options.onEnd?.();
    }
  }

  async #answer<Body>(asked: Asked): Promise<Answer<Body>> {
    for (let tries = 1; ; tries++) {
      try {
        const response = await this.#send(asked);
        const { headers } = response;
        const userId = headers.get("x-user-id");
        return {
          body: await response.json(),
          cursor: headers.get("x-event-cursor") ?? undefined,
          userId: userId === null ? undefined : decodeURIComponent(userId),
        };
      } catch (error) {
        const pause = asked.method === "GET" && tries < TRIES ? pauseAfter(error) : undefined;
        if (pause === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async #send(asked: Asked): Promise<Response> {
    const { tokens } = this.#options;
    const token = await tokens?.current(asked.keepalive);
    let response = await this.#fetch(asked, token);
    if (response.status !== 401 || !tokens || token === undefined) return okOrThrow(response);
    // Read before another token is waited for: the call may be given up meanwhile, and who is signed out is so all the same.
    let refuse = await readRefusal(response);
    let cause: TokenError | undefined;
    const other = await tokens.other(token).catch((error: TokenError) => {
      cause = error;
      return undefined;
    });
    if (other !== undefined) {
      response = await this.#fetch(asked, other);
      if (response.status !== 401) return okOrThrow(response);
      refuse = await readRefusal(response);
    }
    const refusal = refuse(cause);
    this.#options.onSignedOut?.(refusal);
    throw refusal;
  }

  async #fetch(
    { method, path, body, signalOfFetch, signal = signalOfFetch?.(), idempotencyKey, keepalive }: Asked,
    token: string | undefined,
  ): Promise<Response> {
    const headers = {
      ...this.#options.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    };
    const started = performance.now();
    const response = await fetch(this.#options.address + path, { method, headers, body, signal, keepalive });
    this.#options.onCall?.({ method, path, status: response.status, ms: performance.now() - started });
    return response;
  }
}

/** For calls that others wait behind: on a half-dead line a fetch alone waits for minutes. How long the token takes is not counted. */
export function inTime(): CallOptions {
  if ("timeout" in AbortSignal) return { signalOfFetch: () => AbortSignal.timeout(ANSWERS_WITHIN_MS) };
  // React Native, and browsers before 2022.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onEnd = () => clearTimeout(timer);
  const signalOfFetch = () => {
    onEnd();
    const late = new AbortController();
    timer = setTimeout(() => late.abort(), ANSWERS_WITHIN_MS);
    return late.signal;
  };
  return { signalOfFetch, onEnd };
}

export function tenantAddress(baseUrl: string, tenantId: string): string {
  return `${baseUrl.replace(/\/$/u, "")}/tenant/${encodeURIComponent(tenantId)}/v1`;
}

/** The cursor of the next page of a list; null at its end. */
export function nextOf(page: object): string | null {
  return "nextCursor" in page && typeof page.nextCursor === "string" ? page.nextCursor : null;
}

/** Whom a page says who they are; an older service says it of nobody. */
export function peopleOf(page: object): readonly Person[] {
  return "people" in page ? (page.people as Person[]) : [];
}

async function okOrThrow(response: Response): Promise<Response> {
  if (!response.ok) throw await toParleyError(response);
  return response;
}

/** Milliseconds to wait before asking again; undefined for what will not pass by itself. */
function pauseAfter(error: unknown): number | undefined {
  if (!(error instanceof ParleyError) || !error.passing) return undefined;
  const pause = error.retryAfterMs ?? 500;
  return pause <= LONGEST_PAUSE_MS ? pause : undefined;
}

function fillPath(template: string, input: Record<string, unknown>) {
  const rest = { ...input };
  const path = template.replace(/\{(\w+)\}/gu, (_, field: string) => {
    const value = rest[field];
    delete rest[field];
    return partOf(String(value));
  });
  return { path, rest };
}

function partOf(id: string): string {
  // Without it the call would be one of what the id is in: to remove a member, the end of the whole chat.
  if (id === "" || isDotSegment(id))
    throw new ParleyError(404, { code: "not_found", detail: `Nothing has the id "${id}".` });
  return encodeURIComponent(id);
}

/** By hand: React Native's URLSearchParams knows no name twice. */
function queryOf(fields: Record<string, unknown>): string {
  const pairs = Object.entries(fields).flatMap(([name, given]) =>
    [given]
      .flat()
      .flatMap((value) =>
        value === undefined || value === null ? [] : `${name}=${encodeURIComponent(String(value))}`,
      ),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
