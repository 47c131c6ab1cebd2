import { isReservedName } from "../../log-channels.ts";
import { isUserId } from "./member.ts";

/** protocols.md B9: the documents say 164, the SDKs take 200. */
export const maxNameLength = 200;
export const maxEventNameLength = 200;
export const maxDataBytes = 10_240;
export const maxMembers = 100;

const form = /^[A-Za-z0-9_\-=@,.;]+$/;
const cachePrefix = /^(private-encrypted-|private-|presence-)?cache-/;

/** What the server needs to know of a channel by its name. Prefixes count at the beginning only. */
export interface ChannelKind {
  /** `server-to-user` is what is said to one signed-in user. */
  access: "public" | "private" | "presence" | "server-to-user";
  encrypted: boolean;
  cache: boolean;
}

const toUserPrefix = "#server-to-user-";

/** What kind of channel of an application it is; undefined for a name that none may have, the log's included. */
export function channelKind(name: string): ChannelKind | undefined {
  if (name.startsWith(toUserPrefix) && isUserId(userOfChannel(name)))
    return { access: "server-to-user", encrypted: false, cache: false };
  if (name.length > maxNameLength || !form.test(name) || isReservedName(name)) return undefined;
  const access = name.startsWith("private-") ? "private" : name.startsWith("presence-") ? "presence" : "public";
  return { access, encrypted: name.startsWith("private-encrypted-"), cache: cachePrefix.test(name) };
}

/** The user of `#server-to-user-<id>`. */
export function userOfChannel(name: string): string {
  return name.slice(toUserPrefix.length);
}

const userPrefix = "#user-";

/** Where a signed-in user is counted as there, over all nodes. No client can name it. */
export function signedInChannel(userId: string): string {
  return userPrefix + userId;
}

/** The reverse; undefined for any other channel. */
export function signedInUser(channel: string): string | undefined {
  return channel.startsWith(userPrefix) ? channel.slice(userPrefix.length) : undefined;
}
