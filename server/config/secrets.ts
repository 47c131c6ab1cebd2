import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

// What a key is for. Two purposes never share a key, so that one leaking tells nothing about another.
export type Purpose = "database-runtime" | "stored-secrets" | "connection-token" | "session" | "demo" | (string & {});

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A key for one purpose, derived from AUTH_SECRET with HKDF-SHA256 (RFC 5869).
 * @param length in bytes; 32 unless told.
 */
export function deriveKey(authSecret: string, purpose: Purpose, length = 32): Buffer {
  return Buffer.from(hkdfSync("sha256", authSecret, "parley", purpose, length));
}

/**
 * Encrypts a tenant's secret for the database with AES-256-GCM.
 * @param context what the secret belongs to, such as tenant and row: the text cannot be moved to another row unnoticed.
 */
export function encryptSecret(key: Buffer, plain: string, context = ""): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

/**
 * The reverse of `encryptSecret`.
 * @throws Error when the text was made with another key, for another context, or was changed.
 */
export function decryptSecret(key: Buffer, stored: string, context = ""): string {
  const [version, text] = stored.split(".");
  if (version !== VERSION || text === undefined) throw new Error("A stored secret has an unknown form.");
  const bytes = Buffer.from(text, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
}
