import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { explainFileFault, StartError } from "./start-error.ts";

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

/**
 * The AUTH_SECRET of the embedded default: made once and kept in DATA_DIR, readable by its owner alone. Losing the file makes what
 * was encrypted with it unreadable, so beside a database one is made only where that is asked for.
 * @throws StartError when the file cannot be read or written, or is lost.
 */
export function keepAuthSecret(dataDir: string, anew = false): string {
  const file = join(dataDir, "auth-secret");
  try {
    if (!anew && !existsSync(file) && hasDatabase(dataDir)) throw new StartError(`${file} ${LOST}`);
    const secret = (makeAuthSecret(file) ?? readFileSync(file, "utf8")).trim();
    if (secret.length >= 32) return secret;
  } catch (error) {
    throw explainFileFault(error, file);
  }
  throw new StartError(`${file} is damaged: restore it, or set AUTH_SECRET.`);
}

const LOST =
  "is missing, and what the database beside it keeps secret cannot be read without: restore it, or set AUTH_SECRET to what it was. " +
  "Where it is lost, `npm run installation -- new-secret` makes another, and says what else has to be made anew.";

/** Whether the embedded Postgres has data, which are where `postgres.json` says. */
function hasDatabase(dataDir: string): boolean {
  const file = join(dataDir, "postgres.json");
  if (!existsSync(file)) return false;
  try {
    return existsSync(resolve(dataDir, JSON.parse(readFileSync(file, "utf8")).folder, "PG_VERSION"));
  } catch {
    return false; // what is wrong with it is said when it is started
  }
}

/** Undefined where there is a file already, which is never touched. */
function makeAuthSecret(file: string): string | undefined {
  let made: number;
  try {
    made = openSync(file, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
  const secret = randomBytes(32).toString("base64url");
  try {
    writeFileSync(made, `${secret}\n`);
    return secret;
  } catch (error) {
    rmSync(file, { force: true }); // of a disk that is full, which has left it empty
    throw error;
  } finally {
    closeSync(made);
  }
}
