import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { decryptSecret, deriveKey } from "../config/secrets.ts";
import { text } from "../schema.ts";

export const hmacAlgorithms = ["HS256", "HS384", "HS512"] as const;
export const publicKeyAlgorithms = [
  ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
  ...(["ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const),
] as const;

/** internal signs what POST /tokens hands out; every tenant has one. */
export type IssuerKind = "internal" | "hs256" | "public-key" | "oidc";

const claimNames = z.array(text(200).min(1)).min(1).max(10);
const claimFields = {
  userId: claimNames.describe("The first of these claims that is there is the user"),
  groups: claimNames.describe("All of these are read, as text or as a list"),
  adminGroup: text(200).min(1).describe("Who is in it has admin rights"),
};

/** Where a token's claims are. A dot leads into an object, unless a claim is called so itself. */
export const claimSettingsSchema = z
  .object({
    userId: claimFields.userId.default(["sub", "userId"]),
    groups: claimFields.groups.default(["groups", "group", "roles", "role"]),
    adminGroup: claimFields.adminGroup.default("Admin"),
  })
  .meta({ id: "ClaimSettings" });

/** What of it is chosen. Kept apart from the defaults, which a partial schema would fill in. */
export const claimChoicesSchema = z.object(claimFields).partial();

export type ClaimChoices = z.output<typeof claimChoicesSchema>;
export type ClaimSettings = z.output<typeof claimSettingsSchema>;

interface IssuerBase {
  id: string;
  tenantId: string;
  name: string;
  /** `iss` that a token must carry, when set. */
  issuer: string | undefined;
  /** `aud` that a token must name, when set. */
  audience: string | undefined;
  /** Only those that the kind can have: a public key never meets an HMAC. */
  algorithms: ReadonlySet<string>;
  claims: ClaimSettings;
  enabled: boolean;
  /** Changes with everything a token is judged by; the name is not part of it. */
  version: string;
}

/** An issuer as tokens are checked against it. */
export type TrustedIssuer =
  | (IssuerBase & { kind: "internal" | "hs256"; secret: Uint8Array })
  | (IssuerBase & { kind: "public-key"; publicKey: KeyObject })
  | (IssuerBase & { kind: "oidc"; issuer: string; jwksUri: string | undefined });

/** An issuer as it is stored. */
export interface IssuerRow {
  id: string;
  name: string;
  kind: string;
  issuer: string | null;
  audience: string | null;
  algorithms: string[];
  secret: string | null;
  publicKey: string | null;
  jwksUri: string | null;
  claims: unknown;
  enabled: boolean;
}

/** The key under which tenants' secrets are stored, and what binds a secret to its row. */
export function issuerSecretKey(authSecret: string): Buffer {
  return deriveKey(authSecret, "stored-secrets");
}

export function issuerSecretContext(tenantId: string, issuerId: string): string {
  return `issuer:${tenantId}:${issuerId}`;
}

/** What `version` is made of: a change of any of these closes connections and forgets checked signatures. */
export function issuerVersion(tenantId: string, row: IssuerRow): string {
  const { id, kind, issuer, audience, algorithms, secret, publicKey, jwksUri, claims } = row;
  const parts = [tenantId, id, kind, issuer, audience, algorithms, secret, publicKey, jwksUri, claims];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/**
 * Reads a stored issuer: decrypts its secret, imports its key.
 * @throws Error when the secret was stored under another AUTH_SECRET or the row is broken.
 */
export function trustIssuer(tenantId: string, row: IssuerRow, secretKey: Buffer): TrustedIssuer {
  const base = {
    id: row.id,
    tenantId,
    name: row.name,
    issuer: row.issuer ?? undefined,
    audience: row.audience ?? undefined,
    claims: claimSettingsSchema.parse(row.claims),
    enabled: row.enabled,
    version: issuerVersion(tenantId, row),
  };
  const only = (allowed: readonly string[]) =>
    new Set(row.algorithms.filter((algorithm) => allowed.includes(algorithm)));
  if ((row.kind === "internal" || row.kind === "hs256") && row.secret) {
    const plain = decryptSecret(secretKey, row.secret, issuerSecretContext(tenantId, row.id));
    return { ...base, kind: row.kind, secret: new TextEncoder().encode(plain), algorithms: only(hmacAlgorithms) };
  }
  if (row.kind === "public-key" && row.publicKey) {
    return {
      ...base,
      kind: row.kind,
      publicKey: createPublicKey(row.publicKey),
      algorithms: only(publicKeyAlgorithms),
    };
  }
  if (row.kind === "oidc" && row.issuer) {
    return {
      ...base,
      kind: row.kind,
      issuer: row.issuer,
      jwksUri: row.jwksUri ?? undefined,
      algorithms: only(publicKeyAlgorithms),
    };
  }
  throw new Error(`The issuer ${row.id} of ${tenantId} has no key material for its kind ${row.kind}.`);
}

/** The `iss` of the tokens that a tenant's own issuer signs. */
export function internalIssuerName(tenantId: string): string {
  return `parley:${tenantId}`;
}
