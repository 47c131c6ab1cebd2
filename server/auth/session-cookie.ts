import type { IncomingHttpHeaders } from "node:http";
import { jwtVerify, SignJWT } from "jose";
import { deriveKey } from "../config/secrets.ts";
import { DomainError } from "../errors.ts";
import { readUrl } from "../schema.ts";

/** How long a browser stays signed in, in seconds. */
export const sessionLasts = 30 * 24 * 60 * 60;

/** With https no other site under the same domain can set it (RFC 6265bis, 4.1.3.2). */
export function sessionCookieName(baseUrl: string): string {
  return baseUrl.startsWith("https:") ? "__Host-parley.session" : "parley.session";
}

/** What the cookie holds: which session it is. Everything else is looked up, so that what is revoked is over. */
export function writeSessionToken(authSecret: string, sessionId: string, seconds = sessionLasts): Promise<string> {
  return new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt()
    .setExpirationTime(`${seconds}s`)
    .sign(deriveKey(authSecret, "session"));
}

/** The session that a cookie names; undefined for anything that was not made here or has run out. */
export async function readSessionToken(authSecret: string, token: string): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, deriveKey(authSecret, "session"), { algorithms: ["HS256"] });
    return typeof payload.sid === "string" ? payload.sid : undefined;
  } catch {
    return undefined;
  }
}

/** What a request says of where it came from. */
export interface Asking {
  headers: IncomingHttpHeaders;
  /** Over HTTP; an upgrade has none. */
  method?: string | undefined;
}

export interface OwnAddress {
  baseUrl: string;
  /** Only this machine reaches the service, by whatever name. */
  loopback: boolean;
}

/** The cookie of the console, if there is one. */
export function sessionCookieOf({ headers }: Asking, { baseUrl }: OwnAddress): string | undefined {
  const name = `${sessionCookieName(baseUrl)}=`;
  const pair = headers.cookie?.split(";").find((part) => part.trim().startsWith(name));
  return pair?.trim().slice(name.length) || undefined;
}

/**
 * A browser adds the cookie whoever made the request, so that the page itself must be ours.
 * @throws forbidden
 */
export function ensureOwnPage(asking: Asking, own: OwnAddress): void {
  if (!isOwnPage(asking, own)) throw foreignPage(own);
}

/** What a session is answered that comes from a page of somebody else's. */
export function foreignPage({ baseUrl }: OwnAddress): DomainError {
  const detail = `A console session is good on the console's own pages only: at ${baseUrl}, which BASE_URL sets`;
  return new DomainError("forbidden", { detail });
}

/** Browsers send no Origin with a plain GET to the page's own: they say that it is one, in a header no page can write. */
export function isOwnPage({ headers, method }: Asking, own: OwnAddress): boolean {
  const { origin, referer = "", "sec-fetch-site": site } = headers;
  if (origin !== undefined) return isOwnOrigin(origin, headers.host, own);
  if (method !== "GET") return false;
  // That header comes over https or from the same machine (Fetch Metadata, 2); over plain http there is the page's address.
  return site === undefined ? isOwnOrigin(referer, headers.host, own) : site === "same-origin";
}

function isOwnOrigin(address: string, asked: string | undefined, own: OwnAddress): boolean {
  const url = readUrl(address);
  if (!url) return false;
  const { origin, host, hostname } = url;
  if (origin === new URL(own.baseUrl).origin) return true;
  return own.loopback && ["localhost", "127.0.0.1", "[::1]"].includes(hostname) && host === asked;
}
