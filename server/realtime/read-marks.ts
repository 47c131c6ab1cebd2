import { LRUCache } from "lru-cache";
import type { EphemeralEvent } from "../events.ts";

/** How far everybody is known to have read, by what this node's readers were told: who sets their position back has read it all the same. */
export class ReadMarks {
  private readonly furthest = new LRUCache<string, number>({ max: 50_000 });

  /** False of a receipt that is behind one from before, of whichever node. */
  isNews({ tenantId, type, chatId, userId, payload }: EphemeralEvent): boolean {
    if (type !== "receipt") return true;
    const key = JSON.stringify([tenantId, chatId, userId]);
    const seq = Number(payload.seq);
    if ((this.furthest.get(key) ?? 0) > seq) return false;
    this.furthest.set(key, seq);
    return true;
  }
}
