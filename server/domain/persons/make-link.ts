import { createHash, randomBytes } from "node:crypto";

/** What stands in a link that is good once, and what is stored of it: 256 random bits, so that a plain hash is enough. */
export function makeLink(): { token: string; hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashLink(token) };
}

export function hashLink(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
