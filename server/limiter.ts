import { LRUCache } from "lru-cache";
import { DomainError } from "./errors.ts";

/** A token bucket: `rate` tokens a second, at most `burst` kept. */
export interface Rate {
  rate: number;
  burst: number;
}

/** The lower of two rates, in each of their parts. */
export function cappedBy(rate: Rate, cap: Rate | null): Rate {
  return cap ? { rate: Math.min(rate.rate, cap.rate), burst: Math.min(rate.burst, cap.burst) } : rate;
}

/** One token bucket, full at first. */
export class TokenBucket {
  rate: Rate;
  private tokens: number;
  private at: number;

  /** @param now in ms */
  constructor(rate: Rate, now: number) {
    this.rate = rate;
    this.tokens = rate.burst;
    this.at = now;
  }

  /** Tokens that are there at a time in ms; a clock that was set back takes none away. */
  fill(now: number): number {
    const { rate, burst } = this.rate;
    this.tokens = Math.min(burst, this.tokens + (Math.max(0, now - this.at) / 1000) * rate);
    this.at = now;
    return this.tokens;
  }

  /** Takes tokens at a time in ms. False, and none taken, when there are fewer. */
  take(now: number, count = 1): boolean {
    if (this.fill(now) < count) return false;
    this.tokens -= count;
    return true;
  }

  /** Takes tokens that were not there to be asked for, too: what they were taken for has been had. */
  charge(now: number, count: number): void {
    this.fill(now);
    this.tokens -= count;
  }
}

export interface Allowance {
  name: string;
  limit: number;
  remaining: number;
  /** Seconds until the bucket is full again. */
  reset: number;
  window: number;
}

/** Buckets of one name. By size, of which each has one: by number the cache would hold the room for all of them from the start. */
const bounded = { maxSize: 100_000, sizeCalculation: () => 1 };

/**
 * Token buckets of this node, bounded in number: of each name, so that a tenant which makes users by the thousand drops no bucket that
 * keeps somebody from guessing passwords. With several nodes each gives out its share of a tenant's rate, so that the sum is
 * what the tenant has set.
 */
export class Limiter {
  private readonly buckets = new Map<string, LRUCache<string, TokenBucket>>();
  private readonly nodes: () => number;
  private readonly now: () => number;

  constructor(nodes: () => number = () => 1, now: () => number = () => Date.now()) {
    this.nodes = nodes;
    this.now = now;
  }

  /** Takes one token. Throws `rate_limited` with the seconds until there is one. */
  take(name: string, key: string, whole: Rate): Allowance {
    const share = 1 / Math.max(1, this.nodes());
    const burst = Math.max(1, whole.burst * share);
    const rate = Math.max(0.001, whole.rate * share);
    const now = this.now();
    const bucket = this.bucketOf(this.bucketsOf(name), key, { rate, burst }, now);
    const taken = bucket.take(now);
    const left = bucket.fill(now);
    const allowance = { name, limit: Math.floor(burst), window: Math.max(1, Math.ceil(burst / rate)) };
    if (taken) return { ...allowance, remaining: Math.floor(left), reset: Math.ceil((burst - left) / rate) };
    const retryAfter = Math.max(1, Math.ceil((1 - left) / rate));
    const headers = headersOf({ ...allowance, remaining: 0, reset: retryAfter });
    throw new DomainError("rate_limited", { retryAfter, headers });
  }

  /** Takes what something turned out to cost, of a bucket that it took a token from before. */
  charge(name: string, key: string, cost: number): void {
    this.buckets.get(name)?.get(key)?.charge(this.now(), cost);
  }

  /** Whether nothing is left in a bucket. Takes nothing. */
  isSpent(name: string, key: string): boolean {
    const bucket = this.buckets.get(name)?.get(key);
    return bucket !== undefined && bucket.fill(this.now()) < 1;
  }

  /** A changed rate holds at once; the bucket keeps what is in it. */
  private bucketOf(buckets: LRUCache<string, TokenBucket>, key: string, rate: Rate, now: number): TokenBucket {
    const known = buckets.get(key);
    const bucket = known ?? new TokenBucket(rate, now);
    bucket.rate = rate;
    if (!known) buckets.set(key, bucket);
    return bucket;
  }

  private bucketsOf(name: string): LRUCache<string, TokenBucket> {
    const buckets = this.buckets.get(name) ?? new LRUCache<string, TokenBucket>(bounded);
    this.buckets.set(name, buckets);
    return buckets;
  }
}

/** The headers of draft-ietf-httpapi-ratelimit-headers. */
export function headersOf(allowance: Allowance): Record<string, string> {
  const { name, limit, remaining, reset, window } = allowance;
  return { "RateLimit-Policy": `"${name}";q=${limit};w=${window}`, RateLimit: `"${name}";r=${remaining};t=${reset}` };
}

/** `rate_limited` where all places are taken: when one is free again nobody knows, so one asks again after a while. */
export function noPlace(limit: number, detail: string): DomainError {
  const retryAfter = 10;
  const headers = headersOf({ name: "connections", limit, remaining: 0, reset: retryAfter, window: retryAfter });
  return new DomainError("rate_limited", { detail, retryAfter, headers });
}
