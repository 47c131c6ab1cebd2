import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** Somebody who may sign in at the provider. */
export interface ProviderPerson {
  sub: string;
  /** What the identity token says of them. */
  inToken?: object;
  /** What whoever asks with the access token is told. */
  whenAsked?: object;
}

export interface OpenIdProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What browsers asked its sign-in page with, in order. */
  asked: URLSearchParams[];
  close(): Promise<void>;
}

interface Grant {
  person: ProviderPerson;
  asked: URLSearchParams;
}

/**
 * An OpenID Connect provider on a free port, with a sign-in page that has a button for each of its people: the code flow with PKCE
 * (S256), a client that authenticates by HTTP Basic, codes that are good once, tokens signed with RS256. It refuses what breaks the rules.
 */
export async function startOpenIdProvider(people: ProviderPerson[]): Promise<OpenIdProvider> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const [clientId, clientSecret] = ["parley", randomBytes(16).toString("hex")];
  const codes = new Map<string, Grant>();
  const tokens = new Map<string, ProviderPerson>();
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider: OpenIdProvider = { issuer, clientId, clientSecret, asked: [], close };
  return provider;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", issuer);
    if (pathname === "/.well-known/openid-configuration") return json(response, 200, metadata(issuer));
    if (pathname === "/keys") return json(response, 200, { keys: [jwk] });
    if (pathname === "/sign-in") return signInPage(response, searchParams);
    if (pathname === "/token" && request.method === "POST") return token(request, response);
    if (pathname === "/me") return me(request, response);
    json(response, 404, { error: "not_found" });
  }

  function signInPage(response: ServerResponse, asked: URLSearchParams): void {
    const wanted = { client_id: clientId, response_type: "code", code_challenge_method: "S256" };
    const good =
      Object.entries(wanted).every(([name, value]) => asked.get(name) === value) &&
      ["state", "nonce", "code_challenge", "redirect_uri"].every((name) => asked.get(name)) &&
      asked.get("scope")?.split(" ").includes("openid");
    if (!good) {
      json(response, 400, { error: "invalid_request" });
      return;
    }
    provider.asked.push(asked);
    const back = (fields: Record<string, string>) =>
      `${asked.get("redirect_uri")}?${new URLSearchParams({ ...fields, state: asked.get("state") ?? "" })}`;
    const links = people.map((person) => {
      const code = randomBytes(16).toString("hex");
      codes.set(code, { person, asked });
      return `<li><a href="${escaped(back({ code }))}">${escaped(person.sub)}</a></li>`;
    });
    const cancel = `<a href="${escaped(back({ error: "access_denied" }))}">Cancel</a>`;
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>Provider</title><h1>Who are you?</h1><ul>${links.join("")}</ul>${cancel}`);
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await read(request));
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    if (request.headers.authorization !== `Basic ${basic}`) return json(response, 401, { error: "invalid_client" });
    const grant = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const same = grant?.asked.get("redirect_uri") === form.get("redirect_uri");
    if (!grant || !same || grant.asked.get("code_challenge") !== challenge)
      return json(response, 400, { error: "invalid_grant" });
    const accessToken = randomBytes(16).toString("hex");
    tokens.set(accessToken, grant.person);
    const { sub, inToken } = grant.person;
    const idToken = await new SignJWT({ ...inToken, nonce: grant.asked.get("nonce") })
      .setProtectedHeader({ alg: "RS256", kid: jwk.kid })
      .setSubject(sub)
      .setIssuer(issuer)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime("5 minutes")
      .sign(privateKey);
    json(response, 200, { access_token: accessToken, token_type: "Bearer", expires_in: 300, id_token: idToken });
  }

  function me(request: IncomingMessage, response: ServerResponse): void {
    const person = tokens.get(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
    if (person) json(response, 200, { sub: person.sub, ...person.whenAsked });
    else json(response, 401, { error: "invalid_token" });
  }

  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/sign-in`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic"],
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
