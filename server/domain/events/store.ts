import type { TenantId } from "../../auth/principal.ts";
import type { EventType, LogEvent } from "../../events.ts";
import type { Database } from "../../persistence/database.ts";

/** Events of one chat before a position, the newest first, of what is kept. */
export async function listChatEvents(
  db: Database,
  tenantId: TenantId,
  { chatId, before, limit }: { chatId: string; before?: number | undefined; limit: number },
): Promise<LogEvent[]> {
  const rows = await db.forTenant(tenantId).event.findMany({
    where: { tenantId, chatId, ...(before === undefined ? {} : { position: { lt: before } }) },
    orderBy: { position: "desc" },
    take: limit,
  });
  return rows.map(({ position, type, seq, payload, at }) => ({
    tenantId,
    position: Number(position),
    type: type as EventType,
    chatId,
    ...(seq === null ? {} : { seq: Number(seq) }),
    payload: payload as Record<string, unknown>,
    at: at.toISOString(),
  }));
}
