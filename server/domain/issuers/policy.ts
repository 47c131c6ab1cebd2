import { createPublicKey, type KeyObject } from "node:crypto";
import { type ClaimChoices, hmacAlgorithms, type IssuerKind, publicKeyAlgorithms } from "../../auth/issuer.ts";
import { DomainError } from "../../errors.ts";
import { readUrl } from "../../schema.ts";

/** An issuer in full, with its secret in the clear if a new one was given. */
export interface IssuerDraft {
  kind: IssuerKind;
  name: string;
  issuer?: string | undefined;
  audience?: string | undefined;
  algorithms?: string[] | undefined;
  secret?: string | undefined;
  /** There is a secret from before. */
  hasSecret?: boolean;
  publicKey?: string | undefined;
  jwksUri?: string | undefined;
  claims: ClaimChoices;
  enabled: boolean;
}

const minSecretBytes = 32;
const minRsaBits = 2048;

/**
 * What may be stored of a draft: everything its kind needs is there and nothing that another kind would read, algorithms fit the key,
 * the public key is in its plain form.
 * @throws invalid, with the field that is wrong
 */
export function settleIssuer(draft: IssuerDraft, allowHttp: boolean): IssuerDraft & { algorithms: string[] } {
  switch (draft.kind) {
    case "internal":
      return { ...withoutKeys(draft), issuer: draft.issuer, audience: draft.audience, algorithms: ["HS256"] };
    case "hs256":
      return {
        ...withoutKeys(draft),
        secret: readSecret(draft),
        algorithms: pick(draft.algorithms, hmacAlgorithms, ["HS256"]),
      };
    case "public-key": {
      const key = readPublicKey(draft.publicKey);
      const algorithms = pick(draft.algorithms, algorithmsOf(key));
      return { ...withoutKeys(draft), publicKey: plainOf(key), algorithms };
    }
    case "oidc": {
      if (!draft.issuer) throw fault("issuer", "is required for oidc: its keys are found there");
      readAddress("issuer", draft.issuer, allowHttp);
      if (draft.jwksUri) readAddress("jwksUri", draft.jwksUri, allowHttp);
      return { ...withoutKeys(draft), jwksUri: draft.jwksUri, algorithms: pick(draft.algorithms, publicKeyAlgorithms) };
    }
  }
}

/** A public key as it is stored, in whichever form it was given. Throws invalid. */
export function plainKey(pem: string): string {
  return plainOf(readPublicKey(pem));
}

function plainOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

function withoutKeys(draft: IssuerDraft): IssuerDraft {
  return { ...draft, secret: undefined, publicKey: undefined, jwksUri: undefined };
}

/** RFC 7518, section 3.2: as long as the hash. What is meant to be public is no secret (that confusion is an attack). */
function readSecret({ secret, hasSecret }: IssuerDraft): string | undefined {
  if (secret === undefined && hasSecret) return undefined;
  if (!secret || new TextEncoder().encode(secret).length < minSecretBytes)
    throw fault("secret", `must have at least ${minSecretBytes} bytes`);
  if (/-----BEGIN |"kty"\s*:/.test(secret)) throw fault("secret", "is a key of a pair; use the kind public-key");
  return secret;
}

function readPublicKey(pem: string | undefined): KeyObject {
  if (!pem) throw fault("publicKey", "is required: the public key as PEM");
  if (pem.includes("PRIVATE KEY")) throw fault("publicKey", "is a private key: keep it, and give its public part");
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw fault("publicKey", "cannot be read as the PEM of a public key", error);
  }
}

const algorithmsOfCurve: Record<string, string[]> = {
  prime256v1: ["ES256"],
  secp384r1: ["ES384"],
  secp521r1: ["ES512"],
};

function algorithmsOf(key: KeyObject): string[] {
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") {
    if (modulusLength < minRsaBits) throw fault("publicKey", `must have at least ${minRsaBits} bits`);
    return ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
  }
  const algorithms = key.asymmetricKeyType === "ed25519" ? ["EdDSA", "Ed25519"] : algorithmsOfCurve[namedCurve];
  if (!algorithms) throw fault("publicKey", "must be an RSA, P-256, P-384, P-521 or Ed25519 key");
  return algorithms;
}

function pick(given: string[] | undefined, fitting: readonly string[], unless: readonly string[] = fitting): string[] {
  const stray = given?.find((algorithm) => !fitting.includes(algorithm));
  if (stray) throw fault("algorithms", `${stray} does not fit the key: use some of ${fitting.join(", ")}`);
  return [...new Set(given ?? unless)];
}

function readAddress(field: string, address: string, allowHttp: boolean): void {
  const protocol = readUrl(address)?.protocol;
  if (protocol !== "https:" && !(allowHttp && protocol === "http:")) throw fault(field, "must be an https address");
}

function fault(field: string, message: string, internal?: unknown): DomainError {
  return new DomainError("invalid", { errors: { [field]: [message] }, internal });
}
