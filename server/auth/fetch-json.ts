import http from "node:http";
import https from "node:https";
import { useAgent as filteringAgent } from "request-filtering-agent";
import { readUrl } from "../schema.ts";

const timeOutMs = 5000;
const maxBytes = 256 * 1024;
const maxRedirects = 3;
/** A host is put into ASCII, in time by the square of its length. */
const longestLocation = 1000;

export interface FetchLimits {
  /** Off: private and reserved addresses are refused after the name is resolved, and only https is spoken. */
  allowPrivateNetworks: boolean;
}

/** What was wrong with an answer, in words that its tenant may read. What the network said stays in the log. */
export class FetchFault extends Error {
  override name = "FetchFault";
}

/**
 * Fetches a JSON document from an address that a tenant has set. At most 256 KiB within 5 s, redirects only within the host.
 * @throws FetchFault, or what the network or the parser throws
 */
export async function fetchJson(address: string, limits: FetchLimits): Promise<unknown> {
  return JSON.parse(await fetchText(address, limits));
}

/** The same without reading it. */
export async function fetchText(address: string, limits: FetchLimits): Promise<string> {
  const signal = AbortSignal.timeout(timeOutMs);
  let url = readUrl(address);
  if (!url) throw new FetchFault("the address is none");
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await get(url, limits, signal);
    if (answer.location === undefined) return answer.body;
    if (answer.location.length > longestLocation)
      throw new FetchFault(`${url.origin} redirects to an address that is too long`);
    const next: URL = new URL(answer.location, url);
    if (next.origin !== url.origin) throw new FetchFault(`${url.origin} redirects to another host`);
    url = next;
  }
  throw new FetchFault(`${url.origin} redirects too often`);
}

function get(url: URL, limits: FetchLimits, signal: AbortSignal): Promise<{ body: string; location?: string }> {
  if (url.protocol !== "https:" && !(limits.allowPrivateNetworks && url.protocol === "http:")) {
    throw new FetchFault(`${url.protocol} is not https:`);
  }
  const agent = limits.allowPrivateNetworks ? undefined : filteringAgent(url.href);
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, signal, headers: { accept: "application/json" } }, (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return void readBody(response).then((body) => resolve({ body }), reject);
      response.destroy();
      if (statusCode >= 300 && statusCode < 400 && headers.location) resolve({ body: "", location: headers.location });
      else reject(new FetchFault(`${url.origin} answered ${statusCode}`));
    });
    call.on("error", reject);
    call.end();
  });
}

async function readBody(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw new FetchFault(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
