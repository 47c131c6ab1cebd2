import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type LocalJWKSet,
} from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { readUrl } from "../schema.ts";
import { FetchFault, type FetchLimits, fetchJson } from "./fetch-json.ts";
import type { TrustedIssuer } from "./issuer.ts";
import type { DecodedToken } from "./token.ts";

type OidcIssuer = Extract<TrustedIssuer, { kind: "oidc" }>;
type Header = DecodedToken["header"];

/** Fetched keys are asked for again after this. */
const freshMs = 10 * 60_000;
/** Keys that cannot be fetched anew are still good for this long: an outage of the provider is not one of ours. */
const staleMs = 60 * 60_000;
/** Between two fetches that a token which fits no known key, or a failure, causes. */
const coolDownMs = 15_000;
const maxCandidates = 10;

interface KeySet {
  keys?: LocalJWKSet;
  count: number;
  fetchedAt: number;
  triedAt: number;
  failure?: KeysUnavailable | undefined;
  pending?: Promise<void> | undefined;
}

/** How the last fetch of an issuer's keys went, on this node. Times in ms since 1970. */
export interface KeysState {
  triedAt: number;
  /** Of the last fetch that brought keys. */
  fetchedAt: number | undefined;
  count: number;
  failure: string | undefined;
}

const discoveryDocument = z.object({
  issuer: z.string(),
  jwks_uri: z.string().refine((address) => readUrl(address) !== undefined),
});
const keySetDocument = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(100) });

/** The keys of an issuer cannot be fetched, which says nothing about the token. The message is for the tenant, the cause for the log. */
export class KeysUnavailable extends Error {
  override name = "KeysUnavailable";
}

/**
 * Key sets of OIDC issuers, kept by issuer and version (in which the tenant is), never by `kid` alone: the same `kid` at another
 * tenant is another key. Addresses come from the issuer's settings or its discovery document, never from a token.
 */
export class RemoteKeys {
  private readonly limits: FetchLimits;
  private readonly now: () => number;
  private readonly sets = new LRUCache<string, KeySet>({ max: 2000 });

  constructor(limits: FetchLimits, now: () => number) {
    this.limits = limits;
    this.now = now;
  }

  /** The known keys that may have signed under this header; none when the issuer has no such key. Throws KeysUnavailable. */
  async find(issuer: OidcIssuer, header: Header): Promise<CryptoKey[]> {
    const set = this.setOf(issuer);
    if (this.since(set.fetchedAt) > freshMs) {
      const refreshed = this.refresh(issuer, set);
      // One that is away is tried beside the calls: each try may hang for seconds.
      if (!set.failure || this.isOver(set)) await refreshed;
    }
    return this.candidatesOf(set, header);
  }

  /** The same for a token that none of those signed: the issuer is asked again first, unless it was a moment ago. */
  async findAnew(issuer: OidcIssuer, header: Header): Promise<CryptoKey[]> {
    const set = this.setOf(issuer);
    await this.refresh(issuer, set);
    return this.candidatesOf(set, header);
  }

  /** Undefined while nothing was fetched. */
  stateOf(issuer: OidcIssuer): KeysState | undefined {
    const set = this.sets.peek(issuer.version);
    if (!set || !Number.isFinite(set.triedAt)) return undefined;
    const { triedAt, fetchedAt, count, failure } = set;
    return { triedAt, fetchedAt: Number.isFinite(fetchedAt) ? fetchedAt : undefined, count, failure: failure?.message };
  }

  private async candidatesOf(set: KeySet, header: Header): Promise<CryptoKey[]> {
    if (!set.keys || this.isOver(set)) throw set.failure ?? new KeysUnavailable("they were not fetched yet");
    return candidates(set.keys, header);
  }

  private setOf(issuer: OidcIssuer): KeySet {
    const set = this.sets.get(issuer.version) ?? {
      fetchedAt: Number.NEGATIVE_INFINITY,
      triedAt: Number.NEGATIVE_INFINITY,
      count: 0,
    };
    this.sets.set(issuer.version, set);
    return set;
  }

  /** In ms; a clock that was set back makes nothing young. */
  private since(at: number): number {
    return Math.abs(this.now() - at);
  }

  private isOver(set: KeySet): boolean {
    return this.since(set.fetchedAt) > staleMs;
  }

  private mayTry(set: KeySet): boolean {
    return set.pending !== undefined || this.since(set.triedAt) >= coolDownMs;
  }

  /** Fetches the keys; together with others who wait for the same, and not within the cool-down. Failures are kept in the set. */
  private async refresh(issuer: OidcIssuer, set: KeySet): Promise<void> {
    if (!this.mayTry(set)) return;
    set.pending ??= this.fetch(issuer, set).finally(() => {
      set.pending = undefined;
    });
    await set.pending;
  }

  private async fetch(issuer: OidcIssuer, set: KeySet): Promise<void> {
    set.triedAt = this.now();
    try {
      const address = issuer.jwksUri ?? (await this.discover(issuer.issuer));
      const document = keySetDocument.parse(await fetchJson(address, this.limits));
      set.keys = createLocalJWKSet(document as unknown as JSONWebKeySet);
      set.count = document.keys.length;
      set.fetchedAt = this.now();
      set.failure = undefined;
    } catch (error) {
      set.failure = explain(error);
    }
  }

  /** OpenID Connect Discovery 1.0, section 4: the document must name the very issuer that was asked. */
  private async discover(issuer: string): Promise<string> {
    const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const document = discoveryDocument.parse(await fetchJson(address, this.limits));
    if (document.issuer !== issuer) throw new FetchFault("the discovery document names another issuer");
    return document.jwks_uri;
  }
}

function explain(cause: unknown): KeysUnavailable {
  if (cause instanceof FetchFault) return new KeysUnavailable(cause.message, { cause });
  const unreadable = cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof errors.JOSEError;
  return new KeysUnavailable(
    unreadable ? "the answer is not what an OIDC issuer gives" : "the address cannot be reached",
    { cause },
  );
}

/** A token without `kid` may fit several keys of a set; all are tried, up to a bound. */
async function candidates(keys: LocalJWKSet, header: Header): Promise<CryptoKey[]> {
  const wanted: JWSHeaderParameters =
    header.kid === undefined ? { alg: header.alg } : { alg: header.alg, kid: header.kid };
  try {
    return [await keys(wanted)];
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return takeSome(error);
    // No key of that name and algorithm, or one that cannot be imported: this issuer did not sign it with anything we can check.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) return [];
    throw error;
  }
}

async function takeSome(several: errors.JWKSMultipleMatchingKeys): Promise<CryptoKey[]> {
  const some: CryptoKey[] = [];
  for await (const key of several) {
    some.push(key as CryptoKey);
    if (some.length === maxCandidates) break;
  }
  return some;
}
