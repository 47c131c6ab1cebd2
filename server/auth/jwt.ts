import type { KeyObject } from "node:crypto";
import { type CryptoKey, compactVerify, errors } from "jose";
import { userId as userIdSchema } from "../schema.ts";
import type { FetchLimits } from "./fetch-json.ts";
import type { ClaimSettings, TrustedIssuer } from "./issuer.ts";
import { type KeysState, KeysUnavailable, RemoteKeys } from "./remote-keys.ts";
import { type DecodedToken, TokenFault } from "./token.ts";

/** Clocks of issuers run apart: how far `nbf` and `iat` may lie ahead, in ms. An ended token has ended. */
const notBeforeToleranceMs = 30_000;
const issuedAtToleranceMs = 60_000;
const signatureCacheMs = 60_000;
const lastDate = 8.64e15;

/** What a good token proves. Times in ms since 1970. */
export interface VerifiedToken {
  issuer: TrustedIssuer;
  userId: string;
  groups: string[];
  admin: boolean;
  issuedAt: number | undefined;
  expiresAt: number;
}

type Key = CryptoKey | KeyObject | Uint8Array;

interface Attempt {
  /** Whether keys are asked for again. */
  anew: boolean;
  /** Keys that have not signed it. */
  tried: Set<Key>;
}

interface Proof {
  issuers: readonly TrustedIssuer[];
  /** In ms since 1970. */
  until: number;
  proof: Omit<VerifiedToken, "issuedAt" | "expiresAt">;
}

/** Checks tokens against a tenant's issuers. Holds what is expensive to get: checked signatures and fetched keys. */
export class TokenVerifier {
  private readonly now: () => number;
  private readonly remoteKeys: RemoteKeys;
  /** The issuer version whose key a token was found to be signed with, and when. A token taken apart is as long known as it is kept. */
  private readonly signatures = new WeakMap<DecodedToken, { version: string; checkedAt: number }>();
  /** What a token was found to prove, by the issuers as they were read last. A client shows the same one with every call. */
  private readonly proofs = new WeakMap<DecodedToken, Proof>();

  constructor(limits: FetchLimits, now: () => number) {
    this.now = now;
    this.remoteKeys = new RemoteKeys(limits, now);
  }

  /**
   * Everything but tenant and revocation, which the caller compares. What is cheap comes first: no signature is checked and nothing
   * fetched for a token that cannot be good.
   * @throws TokenFault
   */
  async verify(token: DecodedToken, issuers: readonly TrustedIssuer[]): Promise<VerifiedToken> {
    const times = readTimes(token.payload, this.now());
    const known = this.proofs.get(token);
    if (known?.issuers === issuers && this.now() < known.until) return { ...known.proof, ...times };
    const issuer = await this.findSigner(token, findCandidates(token, issuers));
    const groups = readGroups(token.payload, issuer.claims);
    const userId = readUserId(token.payload, issuer.claims);
    const proof = { issuer, userId, groups, admin: groups.includes(issuer.claims.adminGroup) };
    const until = (this.signatures.get(token)?.checkedAt ?? 0) + signatureCacheMs;
    this.proofs.set(token, { issuers, until, proof });
    return { ...proof, ...times };
  }

  /** How an issuer's keys were last fetched, where they are; undefined while they were not. */
  fetchStateOf(issuer: TrustedIssuer): KeysState | undefined {
    return issuer.kind === "oidc" ? this.remoteKeys.stateOf(issuer) : undefined;
  }

  private async findSigner(token: DecodedToken, candidates: TrustedIssuer[]): Promise<TrustedIssuer> {
    let unavailable: KeysUnavailable | undefined;
    const tried = new Set<Key>();
    // Anew also when keys were found: a provider may put another one under a known `kid`, or name none.
    for (const anew of [false, true])
      for (const issuer of candidates) {
        try {
          if (await this.isSignedBy(token, issuer, { anew, tried })) return issuer;
        } catch (error) {
          if (!(error instanceof KeysUnavailable)) throw error;
          unavailable = error;
        }
      }
    if (!unavailable) throw new TokenFault("signature", "The token's signature was not made with a key of its issuer");
    throw new TokenFault("keys", "The keys of the token's issuer cannot be fetched now", "unavailable", unavailable);
  }

  private async isSignedBy(token: DecodedToken, issuer: TrustedIssuer, { anew, tried }: Attempt): Promise<boolean> {
    const known = this.signatures.get(token);
    if (known?.version === issuer.version && this.now() - known.checkedAt < signatureCacheMs) return true;
    for (const key of await this.keysOf(issuer, token.header, anew)) {
      if (tried.has(key)) continue;
      tried.add(key);
      if (!(await hasSignature(token, key))) continue;
      this.signatures.set(token, { version: issuer.version, checkedAt: this.now() });
      return true;
    }
    return false;
  }

  private async keysOf(issuer: TrustedIssuer, header: DecodedToken["header"], anew: boolean): Promise<Key[]> {
    switch (issuer.kind) {
      case "oidc":
        return anew ? this.remoteKeys.findAnew(issuer, header) : this.remoteKeys.find(issuer, header);
      case "public-key":
        return [issuer.publicKey];
      default:
        return [issuer.secret];
    }
  }
}

/** Issuers that could have made the token. A kind's algorithms never include those of another kind of key (see issuer.ts). */
function findCandidates({ header, payload }: DecodedToken, issuers: readonly TrustedIssuer[]): TrustedIssuer[] {
  const byAlgorithm = issuers.filter((issuer) => issuer.enabled && issuer.algorithms.has(header.alg));
  if (byAlgorithm.length === 0)
    throw new TokenFault("algorithm", "No issuer of this tenant signs with the token's alg");
  const byName = byAlgorithm.filter(({ issuer }) => issuer === undefined || issuer === payload.iss);
  if (byName.length === 0)
    throw new TokenFault("issuer", "The token's iss is none that this tenant trusts with its alg");
  const audiences = [payload.aud].flat();
  const byAudience = byName.filter(({ audience }) => audience === undefined || audiences.includes(audience));
  if (byAudience.length === 0) throw new TokenFault("audience", "The token is for another audience");
  return byAudience;
}

/** RFC 7519, section 4.1.4 to 4.1.6; `exp` is required here, fractions are fine. */
function readTimes(payload: Record<string, unknown>, now: number): { issuedAt: number | undefined; expiresAt: number } {
  const expiresAt = readTime(payload, "exp", "expiry");
  const notBefore = readTime(payload, "nbf", "not-before");
  const issuedAt = readTime(payload, "iat", "issued-at");
  if (expiresAt === undefined) throw new TokenFault("expiry", "The token has no exp");
  if (expiresAt <= now) throw new TokenFault("expiry", "The token has expired");
  if (notBefore !== undefined && notBefore > now + notBeforeToleranceMs) {
    throw new TokenFault("not-before", "The token is not valid yet");
  }
  // An iat far ahead would outlive a revocation.
  if (issuedAt !== undefined && issuedAt > now + issuedAtToleranceMs) {
    throw new TokenFault("issued-at", "The token's iat lies in the future");
  }
  return { issuedAt, expiresAt };
}

function readTime(
  payload: Record<string, unknown>,
  claim: string,
  rule: "expiry" | "not-before" | "issued-at",
): number | undefined {
  const seconds = payload[claim];
  if (seconds === undefined || seconds === null) return undefined;
  if (typeof seconds !== "number") throw new TokenFault(rule, `The token's ${claim} is not a number of seconds`);
  return Math.min(Math.round(seconds * 1000), lastDate);
}

function readUserId(payload: Record<string, unknown>, claims: ClaimSettings): string {
  const value = claims.userId
    .map((name) => readClaim(payload, name))
    .find((found) => found !== undefined && found !== null);
  // Beyond it neighbours are read as one and the same number, and two people would be one.
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new TokenFault("user", "The token's user is a number that cannot be read exactly: write it as text");
  const user = userIdSchema.safeParse(typeof value === "number" ? String(value) : value);
  if (user.success) return user.data;
  throw new TokenFault("user", `The token names no user of 1 to 128 characters in ${claims.userId.join(" or ")}`);
}

function readGroups(payload: Record<string, unknown>, claims: ClaimSettings): string[] {
  const values = claims.groups.flatMap((name) => readClaim(payload, name));
  return values.filter((value) => typeof value === "string");
}

/** A claim by its name, or else by its path, as in `realm_access.roles`. */
function readClaim(payload: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const step of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

async function hasSignature(token: DecodedToken, key: Key): Promise<boolean> {
  try {
    await compactVerify(token.text, key, { algorithms: [token.header.alg] });
    return true;
  } catch (error) {
    // TypeError: the key is of another kind than the algorithm, so it has not signed this.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return false;
    throw error;
  }
}
