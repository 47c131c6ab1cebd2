import type { TenantId } from "../auth/principal.ts";
import { DomainError, toDomainError } from "../errors.ts";
import type { LogEvent, NewEvent } from "../events.ts";
import type { Database } from "./database.ts";
import { isConnectionLoss, isDeadlock } from "./faults.ts";
import { claimKey, findKey, type HeldAnswer, holdKey, type IdempotentCall } from "./idempotency.ts";
import { type TenantTransaction, tenantTransaction } from "./prisma.ts";

// Hand-written SQL: lock and append are functions, one round trip each, because whoever holds the head holds up every send of the tenant.

/** Events of one step: more would hold the tenant's head, and with it every send, for too long. */
export const maxEventsAStep = 500;

export interface Work {
  tx: TenantTransaction;
  /**
   * Locks the tenant's log and returns its position. Chats and users are written before it; members, spans, chat heads and events
   * only after it. This one order everywhere is what keeps renames and sends from deadlocking.
   */
  lockHead(): Promise<number>;
  /** The position that the next event will have. */
  nextPosition(): number;
  /** Appends an event when the work commits; returns the position it will have. */
  emit(event: NewEvent): number;
}

/**
 * Runs a rare, wide change and its events in one transaction. With an idempotency key the answer is stored in the same transaction,
 * and a repeat gets it again instead of running. Throws what the work throws (nothing is stored then), `idempotency_reused`,
 * `idempotency_running`; `outcome-unknown` when the connection is lost while it commits.
 */
export function unitOfWork<T>(db: Database, tenantId: TenantId, work: (work: Work) => Promise<T>): Promise<T>;
export function unitOfWork<T>(
  db: Database,
  tenantId: TenantId,
  work: (work: Work) => Promise<T>,
  idempotent: IdempotentCall | undefined,
): Promise<T | HeldAnswer>;
export async function unitOfWork<T>(
  db: Database,
  tenantId: TenantId,
  work: (work: Work) => Promise<T>,
  idempotent?: IdempotentCall,
): Promise<T | HeldAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(db, tenantId, work, idempotent);
    } catch (error) {
      if (attempt >= 5 || !isDeadlock(error)) throw error;
    }
  }
}

/** The one unit of work of a call, which holds its idempotency key. Throws what `unitOfWork` throws. */
export function workOf<T>(
  ctx: { services: { db: Database }; tenantId: TenantId; idempotent?: IdempotentCall | undefined },
  work: (work: Work) => Promise<T>,
): Promise<T | HeldAnswer> {
  return unitOfWork(ctx.services.db, ctx.tenantId, work, ctx.idempotent);
}

/**
 * What a call does after its first commit, in more steps or to read its answer. A database that is gone by then is no `unavailable`, which says
 * that nothing was stored: it is `outcome-unknown`.
 */
export async function afterCommit<T>(rest: () => Promise<T>): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    const { code, face } = toDomainError(error);
    if (code !== "unavailable") throw error;
    const detail = "It is stored, at least in part: repeat the call for the rest";
    throw new DomainError("outcome-unknown", { detail, retryAfter: face.retryAfter ?? 1, internal: error });
  }
}

/**
 * The answer that a key holds already, for work in several units to ask before the first one. Throws `idempotency_reused`,
 * `idempotency_running`.
 * @param options `behindHead`: after what is being appended now, for a key that is taken in a lane's flush, under the head
 * alone; it is looked for then, not taken
 */
export async function findHeldAnswer(
  db: Database,
  tenantId: TenantId,
  call: IdempotentCall,
  { behindHead = false } = {},
): Promise<HeldAnswer | undefined> {
  // A transaction of its own, which lets the head go at once: nobody waits while the key is looked for.
  if (behindHead) await db.pool.query({ name: "lock_head", text: "select lock_head_v1($1)", values: [tenantId] });
  return tenantTransaction(db.prisma, tenantId, (tx) => (behindHead ? findKey : claimKey)(tx, tenantId, call));
}

/**
 * The answer that a first call with the key got, where its repeat is refused by now: what was right then no longer is. Throws the
 * refusal where there was none; `idempotency_running` while the first call still runs, which nobody may take for refused.
 */
export async function findHeldDespite(
  refusal: unknown,
  db: Database,
  tenantId: TenantId,
  call: IdempotentCall,
  options?: Parameters<typeof findHeldAnswer>[3],
): Promise<HeldAnswer> {
  const held = await findHeldAnswer(db, tenantId, call, options).catch((fault: unknown) => {
    // Of a key that holds another body the refusal is as it was.
    if (fault instanceof DomainError && fault.code === "idempotency_reused") throw refusal;
    throw fault;
  });
  if (!held) throw refusal;
  return held;
}

async function once<T>(
  db: Database,
  tenantId: TenantId,
  work: (work: Work) => Promise<T>,
  idempotent?: IdempotentCall,
) {
  const pending: NewEvent[] = [];
  const appended: LogEvent[] = [];
  let committing = false;
  const answer = await tenantTransaction(db.prisma, tenantId, async (tx) => {
    if (idempotent) {
      const held = await claimKey(tx, tenantId, idempotent);
      if (held) return held;
    }
    let base: number | undefined;
    const nextPosition = () => {
      if (base === undefined) throw new Error("a position before lockHead");
      return base + pending.length + 1;
    };
    const result = await work({
      tx,
      lockHead: async () => {
        base ??= await lockHead(tx, tenantId);
        return base;
      },
      nextPosition,
      emit: (event) => {
        const position = nextPosition();
        if (pending.length >= maxEventsAStep) throw new Error(`more than ${maxEventsAStep} events in one step`);
        pending.push(event);
        return position;
      },
    });
    if (base !== undefined && pending.length > 0) appended.push(...(await append(tx, tenantId, base, pending)));
    if (idempotent) await holdKey(tx, tenantId, idempotent, result);
    committing = true;
    return result;
  }).catch((error) => {
    if (committing && isConnectionLoss(error))
      throw new DomainError("outcome-unknown", { retryAfter: 1, internal: error });
    throw error;
  });
  if (appended.length > 0) db.committed(tenantId, appended);
  return answer;
}

async function lockHead(tx: TenantTransaction, tenantId: TenantId): Promise<number> {
  const rows = await tx.$queryRaw<{ position: bigint | number | null }[]>`select lock_head_v1(${tenantId}) as position`;
  const position = rows[0]?.position;
  if (position === undefined || position === null)
    throw new DomainError("not_found", { internal: "the tenant has no log" });
  return Number(position);
}

async function append(
  tx: TenantTransaction,
  tenantId: TenantId,
  base: number,
  events: NewEvent[],
): Promise<LogEvent[]> {
  const rows = events.map((e) => ({
    type: e.type,
    c: e.userId ? undefined : e.chatId,
    u: e.userId,
    q: e.seq,
    p: e.payload,
    n: e.internal,
    h: e.clientHash,
  }));
  const [end] = await tx.$queryRaw<{ last_position: bigint | number; at: Date }[]>`
    select last_position, at from append_events_v1(${tenantId}, ${JSON.stringify(rows)}::json)`;
  if (!end || Number(end.last_position) !== base + events.length)
    throw new Error("the log moved while its head was locked");
  const at = end.at.toISOString();
  return events.map((event, index) => ({ ...event, tenantId, position: base + index + 1, at }));
}
