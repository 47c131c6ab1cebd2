import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { Cursors } from "../log/cursor.ts";
import { findReaderState, type ReaderState, readChannelEvents } from "../log/store.ts";
import type { Database } from "../persistence/database.ts";
import { Outgoing } from "./subscription.ts";

const pageSize = 200;

export interface ReplayOptions {
  tenantId: TenantId;
  userId: string;
  /** Without a chat: what is the user's own. */
  chatId?: string | undefined;
  /** The reader has everything up to this event id. */
  since: string;
  deliver(outgoing: Outgoing): void;
  /** Resolves when the peer has read enough; false when it is gone. */
  room(): Promise<boolean>;
}

/** How a replay ended: the reader has all up to the position, or has to reload. */
export interface Replayed {
  position: number;
  eventId: string;
  resync?: "expired" | "invalid";
}

/**
 * Hands on what a reader of one chat has missed, oldest first, page by page, as fast as it reads: all of it, or the word that it has to
 * reload. Throws what the database throws.
 */
export async function replay(
  { db, cursors }: { db: Database; cursors: Cursors },
  options: ReplayOptions,
): Promise<Replayed> {
  const { tenantId, userId, chatId, since } = options;
  const state = await stateOf(db, tenantId);
  const end = (at: ReaderState, resync?: Replayed["resync"]): Replayed => ({
    position: at.position,
    eventId: cursors.encode(tenantId, at.epoch, at.position),
    ...(resync ? { resync } : {}),
  });
  let after = resumeAt(cursors, tenantId, since, state);
  if (typeof after === "string") return end(state, after);
  while (after < state.position) {
    const span = { after, upto: state.position, limit: pageSize };
    const events = await readChannelEvents(db.pool, tenantId, { userId, chatId }, span);
    const now = await stateOf(db, tenantId);
    // Retention was faster: what was read may be a part.
    if (after < now.floor || now.epoch !== state.epoch) return end(now, "expired");
    for (const event of events) {
      options.deliver(new Outgoing(event, ({ position }) => cursors.encode(tenantId, state.epoch, position)));
      if (!(await options.room())) return end(state);
      after = event.position;
    }
    if (events.length < pageSize) after = state.position;
  }
  return end(state);
}

/** The position to go on from, or why a reader's cursor is of no use to it. */
export function resumeAt(
  cursors: Cursors,
  tenantId: TenantId,
  since: string,
  state: ReaderState,
): number | "expired" | "invalid" {
  try {
    return cursors.resume(tenantId, since, state);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.code === "cursor_invalid" ? "invalid" : "expired";
  }
}

/** Throws not_found. */
export async function stateOf(db: Database, tenantId: TenantId, userId?: string): Promise<ReaderState> {
  const state = await findReaderState(db.pool, tenantId, userId);
  if (!state) throw new DomainError("not_found");
  return state;
}
