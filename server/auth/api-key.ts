import { createHash, randomBytes } from "node:crypto";
import { deriveKey } from "../config/secrets.ts";

/** Stands where a key has its tenant; no tenant may be called so. */
export const installationId = "installation";

const keyForm = /^parley_([a-z0-9-]{1,63})_[A-Za-z0-9_-]{43}$/;

export interface MadeKey {
  /** Shown once. */
  key: string;
  /** What is stored: SHA-256, hex. */
  hash: string;
  /** To recognise the key by. */
  hint: string;
}

/** A new key of 256 random bits. Its tenant stands in it, so that a key at the wrong address is known before any look-up. */
export function makeApiKey(tenantId: string): MadeKey {
  const key = `parley_${tenantId}_${randomBytes(32).toString("base64url")}`;
  return { key, hash: hashApiKey(key), hint: `parley_${tenantId}_…${key.slice(-4)}` };
}

/** The tenant a key names; undefined when it is no key of ours. */
export function tenantOfApiKey(key: string): string | undefined {
  return keyForm.exec(key)?.[1];
}

/** The secret has 256 random bits, so a slow hash would add nothing. */
export function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** What the service's own pages show, on behalf of somebody who signs in. Never leaves the machine. */
export function internalKey(authSecret: string): string {
  return deriveKey(authSecret, "internal-pages").toString("base64url");
}

/** The key that makes tenants: derived, so that every node knows it and nothing has to be stored. */
export function installationKey(authSecret: string): string {
  return `parley_${installationId}_${deriveKey(authSecret, "installation-key").toString("base64url")}`;
}
