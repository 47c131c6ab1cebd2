import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "./authenticate.ts";

/** What the headers of a call show to prove who it is, for every transport. Cookies are no credential here. */
export function credentialsOf(headers: IncomingHttpHeaders): Omit<Credentials, "tenant"> {
  const { authorization, "x-api-key": apiKey, "x-act-as-user": actAs } = headers;
  return { bearer: bearerOf(authorization), apiKey: single(apiKey), actAs: single(actAs) };
}

/** There but empty is a bad credential, not a missing one. */
function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^Bearer(?:\s+(.*))?$/i.exec(header)?.[1] ?? "").trim();
}

/** The one value of a header that may not be repeated. */
export function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
