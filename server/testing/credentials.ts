import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, type JWK, type JWTHeaderParameters, SignJWT } from "jose";

/** Key pairs as identity providers have them. */
export const keyPairs = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

export function toPem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

export async function toJwk(key: KeyObject, alg: string, kid?: string): Promise<JWK> {
  return { ...(await exportJWK(key)), alg, use: "sig", ...(kid ? { kid } : {}) };
}

/** Signs claims as they are: nothing is added, so that a test says all of it. */
export function signClaims(
  claims: Record<string, unknown>,
  key: KeyObject | CryptoKey | Uint8Array,
  header: JWTHeaderParameters,
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

/** A token put together by hand: header and claims as told, the third part as it is given. */
export function forgeToken(header: unknown, claims: unknown, signature = ""): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}

export interface Provider {
  url: string;
  /** Paths asked for, in order. */
  requests: string[];
  /** Sockets opened, whatever was said on them. */
  connections: number;
  /** What /jwks answers with. */
  keys: JWK[];
  server: Server;
  close(): Promise<void>;
}

/** An identity provider on a real socket: discovery document, key set, and a record of who asked. */
export async function startProvider(answer?: (provider: Provider) => RequestListener): Promise<Provider> {
  const server = createServer();
  const provider: Provider = { url: "", requests: [], connections: 0, keys: [], server, close: () => close(server) };
  const respond = answer?.(provider) ?? discovery(provider);
  server.on("request", (request, response) => {
    provider.requests.push(request.url ?? "");
    respond(request, response);
  });
  server.on("connection", () => {
    provider.connections++;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}

function discovery(provider: Provider): RequestListener {
  return (request, response) => {
    const documents: Record<string, unknown> = {
      "/.well-known/openid-configuration": { issuer: provider.url, jwks_uri: `${provider.url}/jwks` },
      "/jwks": { keys: provider.keys },
    };
    const document = documents[request.url ?? ""];
    response
      .writeHead(document ? 200 : 404, { "content-type": "application/json" })
      .end(JSON.stringify(document ?? {}));
  };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
