import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "./authenticate.ts";

/** What the headers of a call show to prove who it is, for every transport. Cookies are no credential here. */
export function credentialsOf(headers: IncomingHttpHeaders): Omit<Credentials, "tenant"> {
  const { authorization, "x-api-key": apiKey, "x-act-as-user": actAs } = headers;
  return { bearer: bearerOf(authorization), apiKey: single(apiKey), actAs: single(actAs) };
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
