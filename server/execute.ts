import { createHmac } from "node:crypto";
import { requireAccess, takeOwn } from "./access.ts";
import { type Audited, beginAudit } from "./audit.ts";
import { bodyHashOf, keyOwnerOf } from "./caller.ts";
import { decryptSecret, deriveKey, encryptSecret } from "./config/secrets.ts";
import { DomainError, isFault, toDomainError } from "./errors.ts";
import { readInput } from "./input.ts";
import { headersOf } from "./limiter.ts";
import { observeCall } from "./metrics.ts";
import type { Call, Context, Operation } from "./operation.ts";
import { HeldAnswer, type IdempotentCall } from "./persistence/idempotency.ts";
import { findHeldDespite } from "./persistence/unit-of-work.ts";

export interface Answer {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

/**
 * The one pipeline of every operation on every transport: rate limit → scope → parse → audit → handle → shape → log. Credentials were checked
 * where the call came in. Throws DomainError only.
 */
export async function execute(operation: Operation, raw: Record<string, unknown>, call: Call): Promise<Answer> {
  const started = performance.now();
  let code = "ok";
  let status = 200;
  let ctx: Context | undefined;
  let audited: Audited | undefined;
  try {
    const headers = await takeToken(call);
    requireAccess(operation, call.principal);
    const input = readInput(operation, raw);
    ctx = { ...call, reply: { headers } };
    if (call.idempotencyKey !== undefined) acceptKey(operation, ctx, input);
    audited = await beginAudit(operation, call, input);
    ctx.audit = audited?.detail;
    const answer = shape(operation, ctx, await handleOnce(operation, ctx, input));
    status = answer.status;
    return answer;
  } catch (error) {
    const known = toDomainError(error);
    code = known.code;
    status = known.status;
    if (isFault(known)) {
      known.logged = true;
      call.log.error(
        { err: known.face.internal ?? known, operation: operation.name, requestId: call.requestId },
        known.message,
      );
    }
    throw known;
  } finally {
    // Nobody waits for it: a call that ends its own credential has to answer before its connection is closed.
    void audited?.settle(code);
    const ms = performance.now() - started - (ctx?.reply.waitedMs ?? 0);
    observeCall(operation.name, code, ms);
    call.services.requests.note(call, operation, { status, code, ms });
    if (!operation.http.root) call.services.minutes.note(call.tenantId, ms, status);
  }
}

/** A repeat gets the first answer also where what was right then is refused by now: its time has passed, its template is gone. */
async function handleOnce(
  operation: Operation,
  ctx: Context,
  input: Parameters<Operation["handle"]>[1],
): Promise<unknown> {
  try {
    return await operation.handle(ctx, input);
  } catch (error) {
    const { idempotent, services, tenantId } = ctx;
    const isRefusal = error instanceof DomainError && error.status < 500 && !error.code.startsWith("idempotency_");
    if (!isRefusal || !idempotent) throw error;
    return await findHeldDespite(error, services.db, tenantId, idempotent);
  }
}

/**
 * One token of the caller's bucket, then one of the tenant's: who has none of its own left takes none from the others. Visitors paid
 * with their address where they came in. Throws `rate_limited`.
 */
async function takeToken({ services, principal, tenantId }: Call): Promise<Record<string, string>> {
  const { kind, person } = principal;
  if (person) return headersOf(takeOwn(services.limiter, principal, undefined));
  if (kind === "installation" || kind === "visitor" || kind === "internal") return {};
  const rates = (await services.security.snapshot(tenantId))?.settings.rates;
  if (!rates) throw new DomainError("unauthenticated");
  const own = takeOwn(services.limiter, principal, rates);
  services.limiter.take("tenant", tenantId, rates.tenant);
  return headersOf(own);
}

function acceptKey(operation: Operation, ctx: Context, input: unknown): void {
  if (operation.http.method !== "POST" && !isConditional(input as Conditions)) return;
  const key = ctx.idempotencyKey ?? "";
  if (key.length < 1 || key.length > 255 || !/^[\x20-\x7e]+$/.test(key))
    throw new DomainError("invalid", {
      errors: { "Idempotency-Key": ["must be 1 to 255 printable ASCII characters"] },
    });
  if (operation.kind === "mutation" && !operation.ownIdempotency)
    ctx.idempotent = idempotentCall(operation, ctx, key, input);
}

interface Conditions {
  onlyNew?: boolean;
  onlyIf?: string;
}

/**
 * Whether a repeat would be refused for what the first call has done. What else sets, changes or deletes does so once more, to the same
 * end: its first answer may say what others have changed since.
 */
function isConditional({ onlyNew = false, onlyIf }: Conditions): boolean {
  return onlyNew || onlyIf !== undefined;
}

function idempotentCall(
  operation: Operation,
  { principal, services, reply }: Context,
  key: string,
  input: unknown,
): IdempotentCall {
  // With a key, because it is stored: of a password that somebody signs up with a plain hash would be one to guess it by.
  const bodyHash = createHmac("sha256", deriveKey(services.settings.authSecret, "idempotent-body"))
    .update(bodyHashOf(input))
    .digest("base64url");
  const scope = JSON.stringify([keyOwnerOf(principal, bodyHash), operation.name]);
  const secret = deriveKey(services.settings.authSecret, "idempotent-answer");
  return {
    key,
    scope,
    bodyHash,
    get status() {
      return reply.status ?? operation.http.status ?? 200;
    },
    seal: (answer) =>
      operation.secretAnswer ? { sealed: encryptSecret(secret, JSON.stringify(answer), scope) } : answer,
    open: (kept) =>
      operation.secretAnswer ? JSON.parse(decryptSecret(secret, (kept as { sealed: string }).sealed, scope)) : kept,
  };
}

function shape(operation: Operation, { reply }: Context, result: unknown): Answer {
  const held = result instanceof HeldAnswer;
  const shaped = operation.output.safeParse(held ? result.answer : result);
  if (!shaped.success) throw new DomainError("internal", { internal: shaped.error });
  if (held)
    return { status: result.status, body: shaped.data, headers: { ...reply.headers, "Idempotent-Replayed": "true" } };
  return { status: reply.status ?? operation.http.status ?? 200, body: shaped.data, headers: reply.headers };
}
