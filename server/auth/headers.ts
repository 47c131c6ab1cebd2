import type { IncomingHttpHeaders } from "node:http";
import { DomainError } from "../errors.ts";
import type { Credentials } from "./authenticate.ts";

/** What the headers of a call show to prove who it is, for every transport. Cookies are no credential here. */
export function credentialsOf({
  authorization,
  "x-api-key": apiKey,
}: IncomingHttpHeaders): Pick<Credentials, "bearer" | "apiKey"> {
  return { bearer: bearerOf(authorization), apiKey: single(apiKey) };
}

/** Whom the headers of a call name to act as. Throws `invalid`. */
export function actAsOf(headers: IncomingHttpHeaders): string | undefined {
  return textOfHeader(headers, "x-act-as-user");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A header that holds text: its bytes, which Node shows as Latin-1, are UTF-8. Throws `invalid` rather than read another text. @param name in lower case */
export function textOfHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = single(headers[name]);
  try {
    return value === undefined ? undefined : utf8.decode(Buffer.from(value, "latin1"));
  } catch (error) {
    const shown = name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
    throw new DomainError("invalid", { errors: { [shown]: ["must be text in UTF-8"] }, internal: error });
  }
}

/** There but empty is a bad credential, not a missing one. Basic is none of ours: webhooks that show a password have it read elsewhere. */
function bearerOf(header: string | undefined): string | undefined {
  return header === undefined || /^Basic\s/i.test(header)
    ? undefined
    : (/^Bearer(?:\s+(.*))?$/i.exec(header)?.[1] ?? "").trim();
}

/** The password of Basic authentication (RFC 7617), which is how webhooks send what stands before the @ of an address. */
export function basicPassword(header: string | undefined): string | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

/** The one value of a header that may not be repeated. */
export function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
