import http from "node:http";
import https from "node:https";
import { useAgent as filteringAgent } from "request-filtering-agent";

const timeOutMs = 10_000;

export interface Post {
  url: string;
  body: string;
  headers: Record<string, string>;
  /** Off: private and reserved addresses are refused after the name is resolved, and only https is spoken. */
  allowPrivateNetworks: boolean;
}

/**
 * Posts to an address that a tenant has set, and resolves with the answer's status. Its body is not read, and no redirect is followed:
 * it could lead where the address itself may not.
 * @throws what the network throws
 */
export function post({ url: address, body, headers, allowPrivateNetworks }: Post): Promise<number> {
  const url = new URL(address);
  if (url.protocol !== "https:" && !(allowPrivateNetworks && url.protocol === "http:"))
    throw new Error(`${url.protocol} is not https:`);
  const agent = allowPrivateNetworks ? undefined : filteringAgent(url.href);
  const { request } = url.protocol === "https:" ? https : http;
  const signal = AbortSignal.timeout(timeOutMs);
  return new Promise((resolve, reject) => {
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const call = request(url, { method: "POST", agent, signal, headers: { ...headers, ...length } }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    call.on("error", reject);
    call.end(body);
  });
}
