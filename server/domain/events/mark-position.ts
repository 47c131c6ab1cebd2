import { findReaderState } from "../../log/store.ts";
import type { Context } from "../../operation.ts";

/** Puts the position that the coming read is at least as new as into the answer: load, subscribe from there, and there is no hole. */
export async function markPosition(ctx: Context): Promise<void> {
  const state = await findReaderState(ctx.services.db.pool, ctx.tenantId);
  if (state)
    ctx.reply.headers["X-Event-Cursor"] = ctx.services.cursors.encode(ctx.tenantId, state.epoch, state.position);
}
