import { LRUCache } from "lru-cache";
import type { TenantId } from "../auth/principal.ts";
import type { EphemeralEvent } from "../events.ts";

/** In ms. */
const typingFor = 5000;
const typingEvery = 1000;

/** Who types and who has read what: said to those who are there, and never again. */
export class SmallTalk {
  private readonly recent = new LRUCache<string, true>({ max: 10_000, ttl: typingEvery });
  private readonly receipts = new Map<string, EphemeralEvent>();
  private readonly say: (event: EphemeralEvent) => void;

  constructor(say: (event: EphemeralEvent) => void) {
    this.say = say;
  }

  typing(tenantId: TenantId, userId: string, chatId: string): void {
    const key = JSON.stringify([tenantId, chatId, userId]);
    if (this.recent.has(key)) return;
    this.recent.set(key, true);
    const until = new Date(Date.now() + typingFor).toISOString();
    this.say({ tenantId, type: "typing", chatId, userId, payload: { chatId, userId, until } });
  }

  /** Said with the next flush: of several only the furthest. */
  receipt(tenantId: TenantId, userId: string, chatId: string, seq: number): void {
    const key = JSON.stringify([tenantId, chatId, userId]);
    if (Number(this.receipts.get(key)?.payload.seq ?? 0) > seq) return;
    this.receipts.set(key, { tenantId, type: "receipt", chatId, userId, payload: { chatId, userId, seq } });
  }

  flush(): void {
    const receipts = [...this.receipts.values()];
    this.receipts.clear();
    for (const event of receipts) this.say(event);
  }
}
