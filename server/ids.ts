import { uuidv7 } from "uuidv7";
import { DomainError } from "./errors.ts";

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A new id: UUIDv7 (RFC 9562). Order never comes from it. */
export function newId(): string {
  return uuidv7();
}

/** The id in its stored form. Throws `not_found` for anything that no row can have, so that a nonsense address costs no query. */
export function requireId(id: string): string {
  if (!uuidForm.test(id)) throw new DomainError("not_found");
  return id.toLowerCase();
}

export function isId(id: string): boolean {
  return uuidForm.test(id);
}

/** A user's or a topic's id from an address, as it is. Throws `not_found` for what no row can have: it is too long, or Postgres holds no NUL and no half of a character. */
export function requireUserId(id: string): string {
  if (id.length > 128 || id.includes("\u0000") || !id.isWellFormed()) throw new DomainError("not_found");
  return id;
}
