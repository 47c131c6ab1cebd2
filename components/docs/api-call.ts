import { toHeaderText } from "../../client/header-text.ts";

/** What a call is made of, before it is sent. */
export interface ApiCall {
  method: string;
  /** With its query. */
  address: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface ApiAnswer {
  status: number;
  requestId: string | undefined;
  ms: number;
  text: string;
}

/** Sends a call as any client would. Throws when the service cannot be reached. */
export async function sendCall(
  { method, address, headers, body }: ApiCall,
  credentials: RequestCredentials = "same-origin",
): Promise<ApiAnswer> {
  const began = performance.now();
  const sent = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, toHeaderText(text)]));
  const response = await fetch(address, { method, headers: sent, body, credentials, cache: "no-store" });
  const text = await response.text();
  return {
    status: response.status,
    requestId: response.headers.get("x-request-id") ?? undefined,
    ms: Math.round(performance.now() - began),
    text: pretty(text),
  };
}

/** The same call in a terminal. */
export function asCurl({ method, address, headers, body }: ApiCall): string {
  const lines = [
    `curl${method === "GET" || (method === "POST" && body !== undefined) ? "" : ` -X ${method}`} ${quoted(address)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`  -d ${quoted(body)}`]),
  ];
  return lines.join(" \\\n");
}

/** As a shell takes it as it is: ids are the integrator's own words, with dollars where they like. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
