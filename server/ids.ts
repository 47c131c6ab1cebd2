import { V7Generator } from "uuidv7";
import { DomainError } from "./errors.ts";

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Random words, drawn many at a time: for eight, as the package does, the way to the system costs more than the rest of an id. */
const words = new Uint32Array(1024);
let drawn = words.length;
const generator = new V7Generator({
  nextUint32: () => {
    if (drawn === words.length) {
      crypto.getRandomValues(words);
      drawn = 0;
    }
    return words[drawn++] ?? 0;
  },
});

/** Smaller than every id; no row has it. */
export const nilId = "00000000-0000-0000-0000-000000000000";

/** A new id: UUIDv7 (RFC 9562). Order never comes from it. */
export function newId(): string {
  return generator.generate().toString();
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

/** The smallest UUIDv7 of a time, in ms since 1970: rows that were made before it have smaller ids, but for what a clock is off. */
export function firstIdAt(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0").slice(-12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** When an id of ours was made, in ms since 1970; of another's something. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}

/** Between which ids of ours those lie that were made from a time on and before another, with an hour for what clocks are off: to be filtered still. */
export function idsMadeIn(since: string | undefined, until: string | undefined): { gte?: string; lt?: string } {
  const hour = 60 * 60_000;
  return {
    ...(since === undefined ? {} : { gte: firstIdAt(Date.parse(since) - hour) }),
    ...(until === undefined ? {} : { lt: firstIdAt(Date.parse(until) + hour) }),
  };
}
