import http from "node:http";
import https from "node:https";
import { useAgent as filteringAgent } from "request-filtering-agent";

const timeOutMs = 10_000;
/** Of an answer, what is read and kept. */
const answerBytes = 1024;

export interface Post {
  url: string;
  body: string;
  headers: Record<string, string>;
  /** Off: private and reserved addresses are refused after the name is resolved, and only https is spoken. */
  allowPrivateNetworks: boolean;
}

export interface Posted {
  status: number;
  /** Its beginning, as text that Postgres can hold. */
  answer: string;
  /** What its header of that name says: seconds, or a date. */
  retryAfter: string | undefined;
}

/**
 * Posts to an address that a tenant has set, within 10 s. Only the beginning of the answer is read, and no redirect is followed: it
 * could lead where the address itself may not. The address is judged when the socket connects, so a name that changes meanwhile is too.
 * @throws what the network throws
 */
export function post({ url: address, body, headers, allowPrivateNetworks }: Post): Promise<Posted> {
  const url = new URL(address);
  if (url.protocol !== "https:" && !(allowPrivateNetworks && url.protocol === "http:"))
    throw new Error(`${url.protocol} is not https:, the only one allowed without ALLOW_PRIVATE_NETWORKS=true`);
  const agent = allowPrivateNetworks ? undefined : filteringAgent(url.href);
  const { request } = url.protocol === "https:" ? https : http;
  const signal = AbortSignal.timeout(timeOutMs);
  return new Promise((resolve, reject) => {
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const call = request(url, { method: "POST", agent, signal, headers: { ...headers, ...length } }, (response) => {
      const { statusCode = 0, headers: said } = response;
      // With the status there is an answer, whatever becomes of the rest.
      void readBeginning(response).then((answer) => {
        response.destroy();
        resolve({ status: statusCode, answer, retryAfter: said["retry-after"] });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function readBeginning(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= answerBytes) break;
    }
  } catch {
    // cut off: what came counts
  }
  const text = Buffer.concat(chunks).subarray(0, answerBytes).toString("utf8");
  return text.replaceAll("\u0000", "").toWellFormed();
}
