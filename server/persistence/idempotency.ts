import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { IdempotencyKey } from "./generated/client.ts";
import type { TenantTransaction } from "./prisma.ts";

/** A call that carries an Idempotency-Key (1 to 255 characters), scoped to tenant, caller and operation. */
export interface IdempotentCall {
  key: string;
  scope: string;
  bodyHash: string;
  /** HTTP status of the first answer. */
  status: number;
  /** Answers that hold a secret are sealed with the installation's key while they are kept. */
  seal(answer: unknown): unknown;
  open(kept: unknown): unknown;
}

/** The answer that the first call with the key got. */
export class HeldAnswer {
  readonly status: number;
  readonly answer: unknown;
  constructor(status: number, answer: unknown) {
    this.status = status;
    this.answer = answer;
  }
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Takes the key for this transaction, or finds the answer that holds it. Throws `idempotency_running` while another transaction has
 * it, `idempotency_reused` when it holds another body. Hand-written SQL: Prisma has no
 * lock that is of no row yet.
 */
export async function claimKey(
  tx: TenantTransaction,
  tenantId: TenantId,
  call: IdempotentCall,
): Promise<HeldAnswer | undefined> {
  const name = JSON.stringify([tenantId, call.scope, call.key]);
  const [lock] = await tx.$queryRaw<
    { got: boolean }[]
  >`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as got`;
  if (!lock?.got) throw new DomainError("idempotency_running", { retryAfter: 1 });
  const held = await tx.idempotencyKey.findUnique({ where: idOf(tenantId, call) });
  if (!held) return undefined;
  if (isOver(held)) {
    await tx.idempotencyKey.delete({ where: idOf(tenantId, call) });
    return undefined;
  }
  return toAnswer(held, call);
}

/** The answer that holds a key, without taking it. Throws `idempotency_reused` when it holds another body. */
export async function findKey(
  tx: TenantTransaction,
  tenantId: TenantId,
  call: IdempotentCall,
): Promise<HeldAnswer | undefined> {
  const held = await tx.idempotencyKey.findUnique({ where: idOf(tenantId, call) });
  return held && !isOver(held) ? toAnswer(held, call) : undefined;
}

function idOf(tenantId: TenantId, { scope, key }: IdempotentCall) {
  return { tenantId_scope_key: { tenantId, scope, key } };
}

function isOver({ createdAt }: IdempotencyKey): boolean {
  return Date.now() - createdAt.getTime() > dayMs;
}

function toAnswer(held: IdempotencyKey, call: IdempotentCall): HeldAnswer {
  if (held.bodyHash !== call.bodyHash) throw new DomainError("idempotency_reused");
  return new HeldAnswer(held.status, call.open(held.response));
}

/** Stores the answer in the work's own transaction: a key is held only by a committed success. */
export async function holdKey(
  tx: TenantTransaction,
  tenantId: TenantId,
  call: IdempotentCall,
  answer: unknown,
): Promise<void> {
  const response = JSON.parse(JSON.stringify(call.seal(answer) ?? {}));
  await tx.idempotencyKey.create({
    data: { tenantId, scope: call.scope, key: call.key, bodyHash: call.bodyHash, status: call.status, response },
  });
}
