import { type ErrorCode, errorCodes, errorTable } from "../../errors.ts";
import { canTakeKey, type Operation } from "../../operation.ts";

type Json = Record<string, unknown>;

const text = { type: "string" };

/** Headers of answers, once for the whole document. */
export const answerHeaders = {
  "X-Request-Id": { description: "By which the request log finds the call", schema: text },
  "X-Event-Cursor": {
    description:
      "The event id that the answer is true at: listen from there, as `after` or `since`, and nothing is missed",
    schema: text,
  },
  "X-User-Id": { description: "Who the caller is, percent-encoded", schema: text },
  "Retry-After": { description: "Seconds until it is worth another try", schema: { type: "integer" } },
  RateLimit: {
    description: "What is left of the caller's bucket: `r` calls, and all of it in `t` seconds",
    schema: text,
  },
  "RateLimit-Policy": { description: "The bucket: `q` calls in `w` seconds", schema: text },
  "Idempotent-Replayed": {
    description: "`true`: the answer that the first call with this Idempotency-Key got",
    schema: text,
  },
};

function refer(names: (keyof typeof answerHeaders)[]): Json {
  if (names.length === 0) return {};
  return { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) };
}

/** What every refusal says. */
export const problemSchema = {
  type: "object",
  description: "RFC 9457",
  required: ["type", "title", "status", "code"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", enum: errorCodes },
    detail: { type: "string" },
    instance: { type: "string" },
    requestId: { type: "string" },
    errors: { type: "object", additionalProperties: { type: "array", items: { type: "string" } } },
  },
};

const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };

/** The refusals that come of no operation: 405, 431, 500. */
export const otherProblem = { description: "Any other refusal", content: problem };

/** What it says on the wire is the HTML Standard's, 9.2, which no JSON Schema describes. */
const streamSchema = {
  type: "string",
  description:
    "For who names it and prefers it to JSON. Server-Sent Events: `id` is the event id, `event` its type, `data` one envelope. Last-Event-ID resumes. Three are no envelopes: `position` with `{eventId}`, everything up to there has come; `resync` with `{reason, eventId}`, load afresh; `close` with `{reason, detail}` and no `id`, do not come back.",
};

/** What the pipeline may say of a call before its operation sees it, beside what the operation itself declares. */
function codesOf(operation: Operation, hasBody: boolean): ErrorCode[] {
  const { access, http, kind, errors = [], ownIdempotency } = operation;
  const codes: ErrorCode[] = ["invalid", "unauthenticated", "forbidden", "not_found", "rate_limited", "unavailable"];
  if (!http.root && !access.evenSuspended) codes.push("tenant_suspended");
  if (!http.root) codes.push("scope_missing");
  if (access.caller === "user") codes.push("user_required");
  if (hasBody) codes.push("too_large", "not_json");
  if (canTakeKey(operation) && kind === "mutation" && !ownIdempotency)
    codes.push("idempotency_running", "idempotency_reused");
  return [...new Set([...codes, ...errors])];
}

/** What an operation answers and refuses, as OpenAPI has it. */
export function responsesOf(operation: Operation, { hasBody, output }: { hasBody: boolean; output: Json }): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(operation, hasBody))
    byStatus.set(errorTable[code].status, [...(byStatus.get(errorTable[code].status) ?? []), code]);
  const problems = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, codes]) => [
      String(status),
      {
        description: codes.join(", "),
        ...refer(headersOf(codes)),
        content: problem,
      },
    ]);
  const { access, http, kind } = operation;
  const isMetered = !http.root && access.caller !== "anyone";
  const answer = {
    description: "The answer",
    ...refer([
      "X-Request-Id",
      ...(http.says ?? []),
      ...(isMetered ? (["RateLimit", "RateLimit-Policy"] as const) : []),
      ...(canTakeKey(operation) && kind === "mutation" ? (["Idempotent-Replayed"] as const) : []),
    ]),
    content: {
      "application/json": { schema: output },
      ...(http.streams ? { "text/event-stream": { schema: streamSchema } } : {}),
    },
  };
  const found = http.finds ? { 200: { ...answer, description: "What was there already" } } : {};
  const others = { default: { $ref: "#/components/responses/Problem" } };
  return { ...found, [String(http.status ?? 200)]: answer, ...Object.fromEntries(problems), ...others };
}

/** What a refusal by these codes says beside its body; the id of the request is in that too. */
function headersOf(codes: ErrorCode[]): (keyof typeof answerHeaders)[] {
  if (codes.includes("rate_limited")) return ["Retry-After", "RateLimit", "RateLimit-Policy"];
  return codes.some((code) => code === "unavailable" || code === "idempotency_running") ? ["Retry-After"] : [];
}
