import { readObject } from "./client-message.ts";

/** `user_info` in JSON. */
const maxInfoBytes = 1024;
const maxIdLength = 128;

/** Who somebody says to be in `channel_data` or `user_data`; what it says is signed. */
export interface SaidMember {
  userId: string;
  /** JSON of `user_info`; null when there is none. */
  info: string | null;
}

/** Reads `channel_data` (protocols.md B5): `user_id` may be a number that can be read exactly, and is known by its text. Undefined when it cannot be. */
export function readMember(channelData: string): SaidMember | undefined {
  const said = readObject(channelData);
  const id = Number.isSafeInteger(said.user_id) ? String(said.user_id) : said.user_id;
  const info = infoOf(said);
  return isUserId(id) && info !== undefined ? { userId: id, info } : undefined;
}

export interface SaidUser extends SaidMember {
  watchlist: string[];
}

/** Reads `user_data` (protocols.md B7). Undefined when it cannot be. */
export function readUser(userData: string): SaidUser | undefined {
  const said = readObject(userData);
  const info = infoOf(said);
  const list = said.watchlist ?? [];
  if (!isUserId(said.id) || info === undefined || !Array.isArray(list)) return undefined;
  return { userId: said.id, info, watchlist: [...new Set(list.filter(isUserId))] };
}

/** JSON of `user_info`; undefined when there is too much of it. */
function infoOf({ user_info }: Record<string, unknown>): string | null | undefined {
  if (user_info === undefined || user_info === null) return null;
  const text = JSON.stringify(user_info);
  return Buffer.byteLength(text) <= maxInfoBytes ? text : undefined;
}

/** An id that a database can hold as text, too. */
export function isUserId(id: unknown): id is string {
  return typeof id === "string" && id !== "" && id.length <= maxIdLength && !id.includes("\u0000") && id.isWellFormed();
}
