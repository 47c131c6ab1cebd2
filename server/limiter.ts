import { LRUCache } from "lru-cache";
import { DomainError } from "./errors.ts";

/** A token bucket: `rate` tokens a second, at most `burst` kept. */
export interface Rate {
  rate: number;
  burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

export interface Allowance {
  name: string;
  limit: number;
  remaining: number;
  /** Seconds until the bucket is full again. */
  reset: number;
  window: number;
}

/**
 * Token buckets of this node, bounded in number. With several nodes each gives out its share of a tenant's rate, so that the sum is
 * what the tenant has set.
 */
export class Limiter {
  private readonly buckets = new LRUCache<string, Bucket>({ max: 100_000 });
  private readonly nodes: () => number;
  private readonly now: () => number;

  constructor(nodes: () => number = () => 1, now: () => number = Date.now) {
    this.nodes = nodes;
    this.now = now;
  }

  /** Takes one token. Throws `rate_limited` with the seconds until there is one. */
  take(name: string, key: string, rate: Rate): Allowance {
    const share = 1 / Math.max(1, this.nodes());
    const burst = Math.max(1, rate.burst * share);
    const perSecond = Math.max(0.001, rate.rate * share);
    const id = `${name}:${key}`;
    const now = this.now();
    const bucket = this.buckets.get(id) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(id, bucket);
    const window = Math.max(1, Math.ceil(burst / perSecond));
    if (bucket.tokens < 1) {
      const retryAfter = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
      throw new DomainError("rate_limited", {
        retryAfter,
        headers: headersOf({ name, limit: Math.floor(burst), remaining: 0, reset: retryAfter, window }),
      });
    }
    bucket.tokens -= 1;
    return {
      name,
      limit: Math.floor(burst),
      remaining: Math.floor(bucket.tokens),
      reset: Math.ceil((burst - bucket.tokens) / perSecond),
      window,
    };
  }
}

/** The headers of draft-ietf-httpapi-ratelimit-headers. */
export function headersOf(allowance: Allowance): Record<string, string> {
  const { name, limit, remaining, reset, window } = allowance;
  return { "RateLimit-Policy": `"${name}";q=${limit};w=${window}`, RateLimit: `"${name}";r=${remaining};t=${reset}` };
}
