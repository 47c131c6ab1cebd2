import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { LogEvent } from "../../events.ts";
import type { Database } from "../../persistence/database.ts";
import type { Flushed, LaneKind } from "../../persistence/lane.ts";

export interface Move {
  chatId: string;
  userId: string;
  seq: number;
  /** Back to just before seq, from further on only, instead of forwards to it */
  back: boolean;
  clientHash?: string | undefined;
}

export interface Moved {
  chatId: string;
  userId: string;
  seq: number;
  /** How far one has read as others see it: what was set back stays read to them. */
  furthest: number;
}

interface Row {
  ord: number;
  outcome: "ok" | "not_member";
  seq: number | null;
  furthest: number | null;
  pos: number | null;
  changed: boolean | null;
  at: Date;
}

// Hand-written SQL: every reader moves its position after every burst of messages; a lane commits hundreds of them at once.
const moveKind: LaneKind<Move, Moved> = {
  name: "reads.move",
  size: () => 200,
  async flush(client, tenantId, moves): Promise<Flushed<Moved>> {
    const input = moves.map((m) => ({ c: m.chatId, u: m.userId, q: m.seq, back: m.back, h: m.clientHash }));
    const { rows } = await client.query<Row>({
      name: "move_reads_v2",
      text: "select ord, outcome, seq, furthest, pos, changed, at from move_reads_v2($1, $2)",
      values: [tenantId, JSON.stringify(input)],
    });
    return toFlushed(tenantId, moves, rows);
  },
};

/** Moves a read position in the tenant's lane. Throws not_found, unavailable, outcome-unknown. */
export function moveRead(db: Database, tenantId: TenantId, move: Move): Promise<Moved> {
  return db.lanes.submit(moveKind, tenantId, move);
}

function toFlushed(tenantId: TenantId, moves: Move[], rows: Row[]): Flushed<Moved> {
  const events: LogEvent[] = [];
  const results: (Moved | DomainError)[] = moves.map(() => new DomainError("not_found"));
  for (const row of rows) {
    const move = moves[row.ord - 1];
    if (!move || row.outcome !== "ok" || row.seq === null || row.furthest === null) continue;
    const { chatId, userId, clientHash } = move;
    const moved = { chatId, userId, seq: row.seq };
    results[row.ord - 1] = { ...moved, furthest: row.furthest };
    if (row.pos === null || !row.changed) continue;
    events.push({
      tenantId,
      position: row.pos,
      type: "read.moved",
      userId,
      payload: moved,
      at: row.at.toISOString(),
      ...(clientHash ? { clientHash } : {}),
    });
  }
  return { results, events: events.sort((a, b) => a.position - b.position) };
}
