import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import { findNodeUrl } from "./store.ts";

/** Where other nodes are reached, known for as long as a beat. */
export class NodeUrls {
  private readonly known = new LRUCache<string, string>({ max: 1000, ttl: 5000 });
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Undefined when there is no node of that id that takes work. */
  async of(nodeId: string): Promise<string | undefined> {
    const known = this.known.get(nodeId);
    if (known !== undefined) return known;
    const url = await findNodeUrl(this.pool, nodeId);
    if (url !== undefined) this.known.set(nodeId, url);
    return url;
  }
}
