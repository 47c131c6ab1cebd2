import type { RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { MadeTenant } from "../domain/tenants/make-tenant.ts";
import { type AuthBench, startAuthBench } from "../testing/auth-bench.ts";
import { keyPairs, type Provider, signClaims, startProvider, toJwk } from "../testing/credentials.ts";
import { authenticate } from "./authenticate.ts";
import type { TenantSecurity } from "./tenant-security.ts";
import type { TokenFault } from "./token.ts";

let bench: AuthBench;
let acme: MadeTenant;
let globex: MadeTenant;
let ahead = 0;
const providers: Provider[] = [];

beforeAll(async () => {
  bench = await startAuthBench({ now: () => Date.now() + ahead });
  [acme, globex] = [await bench.tenant("acme"), await bench.tenant("globex")];
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
});
afterAll(() => bench.close());

async function provide(answer?: (provider: Provider) => RequestListener): Promise<Provider> {
  const provider = await startProvider(answer);
  providers.push(provider);
  return provider;
}

/** A token that is good for two hours of the test's clock. */
function sign(provider: Provider, pair: ReturnType<typeof keyPairs.ES256>, header: { kid?: string } = {}) {
  const exp = Math.floor((Date.now() + ahead) / 1000) + 7200;
  return signClaims({ sub: "ada", iss: provider.url, exp, jti: crypto.randomUUID() }, pair.privateKey, {
    alg: "ES256",
    ...header,
  });
}

const read = (bearer: string, tenant = "acme", security: TenantSecurity = bench.security) =>
  authenticate(security, { tenant, bearer });
const discoveryAndKeys = ["/.well-known/openid-configuration", "/jwks"];
const refusedSignature = { status: 401, rule: "signature" };
const refusedKeys = { status: 503, rule: "keys" };

describe("keys of an OIDC issuer", () => {
  test("are found by discovery, once for everybody who waits", async () => {
    const [provider, pair] = [await provide(), keyPairs.ES256()];
    provider.keys = [await toJwk(pair.publicKey, "ES256", "one")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => sign(provider, pair, { kid: "one" })));
    const principals = await Promise.all(tokens.map((token) => read(token)));
    expect(principals.every(({ userId }) => userId === "ada")).toBe(true);
    expect(provider.requests).toEqual(discoveryAndKeys);
  });

  test("are fetched from jwksUri where it is set", async () => {
    const [provider, pair] = [await provide(), keyPairs.ES256()];
    provider.keys = [await toJwk(pair.publicKey, "ES256")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url, jwksUri: `${provider.url}/jwks` });
    expect(await read(await sign(provider, pair))).toMatchObject({ userId: "ada" });
    expect(provider.requests).toEqual(["/jwks"]);
  });

  test("may be several without a kid in the token", async () => {
    const [provider, first, second] = [await provide(), keyPairs.ES256(), keyPairs.ES256()];
    provider.keys = [await toJwk(first.publicKey, "ES256", "a"), await toJwk(second.publicKey, "ES256", "b")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    expect(await read(await sign(provider, second))).toMatchObject({ userId: "ada" });
    await expect(read(await sign(provider, keyPairs.ES256()))).rejects.toMatchObject(refusedSignature);
  });

  test("follow a rotation: the new one after the cool-down, and then the old one no longer", async () => {
    const [provider, old, fresh] = [await provide(), keyPairs.ES256(), keyPairs.ES256()];
    provider.keys = [await toJwk(old.publicKey, "ES256", "old")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    await read(await sign(provider, old, { kid: "old" }));
    provider.keys = [await toJwk(fresh.publicKey, "ES256", "new")];
    await expect(read(await sign(provider, fresh, { kid: "new" }))).rejects.toMatchObject(refusedSignature);
    ahead += 15_000;
    expect(await read(await sign(provider, fresh, { kid: "new" }))).toMatchObject({ userId: "ada" });
    await expect(read(await sign(provider, old, { kid: "old" }))).rejects.toMatchObject(refusedSignature);
    // A clock that was set back delays nothing.
    provider.keys = [await toJwk(old.publicKey, "ES256", "back")];
    ahead -= 60_000;
    expect(await read(await sign(provider, old, { kid: "back" }))).toMatchObject({ userId: "ada" });
    ahead += 60_000;
  });

  test("are not asked for again with every unknown kid", async () => {
    const [provider, pair] = [await provide(), keyPairs.ES256()];
    provider.keys = [await toJwk(pair.publicKey, "ES256", "one")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    await read(await sign(provider, pair, { kid: "one" }));
    const guess = async (kid: string) =>
      expect(read(await sign(provider, pair, { kid }))).rejects.toMatchObject(refusedSignature);
    for (let n = 0; n < 20; n++) await guess(`guess-${n}`);
    expect(provider.requests).toHaveLength(2);
    ahead += 15_000;
    await Promise.all(Array.from({ length: 20 }, (_, n) => guess(`later-${n}`)));
    expect(provider.requests).toHaveLength(4);
  });

  test("of one tenant are nothing to another, under the same kid", async () => {
    const [one, two] = [await provide(), await provide()];
    const [pair, theirs] = [keyPairs.ES256(), keyPairs.ES256()];
    one.keys = [await toJwk(pair.publicKey, "ES256", "same")];
    two.keys = [await toJwk(theirs.publicKey, "ES256", "same")];
    await bench.trust(acme, { kind: "oidc", issuer: one.url });
    await bench.trust(globex, { kind: "oidc", issuer: two.url });
    await read(await sign(one, pair, { kid: "same" }));
    await read(await sign(two, theirs, { kid: "same" }), "globex");
    const forged = (iss: string) =>
      signClaims({ sub: "ada", iss, exp: Date.now() / 1000 + 7200 }, pair.privateKey, { alg: "ES256", kid: "same" });
    await expect(read(await forged(two.url), "globex")).rejects.toMatchObject(refusedSignature);
    await expect(read(await forged(two.url), "acme")).rejects.toMatchObject({ status: 401, rule: "issuer" });
    await expect(read(await forged(one.url), "globex")).rejects.toMatchObject({ status: 401, rule: "issuer" });
  });

  test("of two tenants with the same issuer are kept apart", async () => {
    const [provider, pair, later] = [await provide(), keyPairs.ES256(), keyPairs.ES256()];
    provider.keys = [await toJwk(pair.publicKey, "ES256", "same")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    await read(await sign(provider, pair, { kid: "same" }));
    provider.keys = [await toJwk(later.publicKey, "ES256", "same")];
    await bench.trust(globex, { kind: "oidc", issuer: provider.url });
    expect(await read(await sign(provider, later, { kid: "same" }), "globex")).toMatchObject({ tenantId: "globex" });
    await expect(read(await sign(provider, pair, { kid: "same" }), "globex")).rejects.toMatchObject(refusedSignature);
  });

  test("stay good for an hour when the provider is away, then the call can be repeated", async () => {
    const [provider, pair] = [await provide(), keyPairs.ES256()];
    provider.keys = [await toJwk(pair.publicKey, "ES256", "one")];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    const token = await sign(provider, pair, { kid: "one" });
    await read(token);
    await providers.pop()?.close();
    ahead += 11 * 60_000;
    expect(await read(token)).toMatchObject({ userId: "ada" });
    ahead += 50 * 60_000;
    await expect(read(token)).rejects.toMatchObject({ ...refusedKeys, code: "unavailable", face: { retryAfter: 5 } });
  });

  test("hold while a provider that failed is asked again: no call waits for it", async () => {
    let status = 200;
    let pair = keyPairs.ES256();
    const provider = await provide((self) => async (request, response) => {
      const keys = [await toJwk(pair.publicKey, "ES256", "one")];
      const document = request.url === "/jwks" ? { keys } : { issuer: self.url, jwks_uri: `${self.url}/jwks` };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
    });
    await bench.trust(globex, { kind: "oidc", issuer: provider.url });
    const first = pair;
    await read(await sign(provider, first, { kid: "one" }), "globex");
    status = 500;
    ahead += 11 * 60_000;
    await read(await sign(provider, first, { kid: "one" }), "globex");
    [status, pair] = [200, keyPairs.ES256()];
    ahead += 15_000;
    expect(await read(await sign(provider, first, { kid: "one" }), "globex")).toMatchObject({ userId: "ada" });
    const byNew = async () =>
      read(await sign(provider, pair, { kid: "one" }), "globex").catch(({ rule }: TokenFault) => rule);
    await expect.poll(byNew, { timeout: 20_000 }).toMatchObject({ userId: "ada" });
    await expect(read(await sign(provider, first, { kid: "one" }), "globex")).rejects.toMatchObject(refusedSignature);
  });

  test("never include a secret", async () => {
    const [provider, pair] = [await provide(), keyPairs.ES256()];
    provider.keys = [{ kty: "oct", k: Buffer.from("x".repeat(32)).toString("base64url"), kid: "one", alg: "HS256" }];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    const exp = Date.now() / 1000 + 7200;
    const token = await signClaims({ sub: "ada", iss: provider.url, exp }, new TextEncoder().encode("x".repeat(32)), {
      alg: "HS256",
      kid: "one",
    });
    await expect(read(token)).rejects.toMatchObject({ status: 401, rule: "issuer" });
    await expect(read(await sign(provider, pair, { kid: "one" }))).rejects.toMatchObject(refusedSignature);
  });
});

describe("a provider that misbehaves", () => {
  const json = { "content-type": "application/json" };
  const cases: [string, (provider: Provider) => RequestListener][] = [
    ["answers 500", () => (_request, response) => response.writeHead(500).end()],
    ["answers no JSON", () => (_request, response) => response.writeHead(200).end("<html>")],
    ["answers another document", () => (_request, response) => response.writeHead(200, json).end("[]")],
    [
      "names another issuer",
      ({ url }) =>
        (_request, response) =>
          response.writeHead(200, json).end(JSON.stringify({ issuer: "https://other", jwks_uri: `${url}/jwks` })),
    ],
    [
      "sends more than 256 KiB",
      () => (_request, response) =>
        response.writeHead(200, json).end(JSON.stringify({ keys: [], pad: "x".repeat(300_000) })),
    ],
    ["redirects in a circle", () => (request, response) => response.writeHead(302, { location: request.url }).end()],
    ["hangs up", () => (request) => request.socket.destroy()],
  ];

  test.each(cases)("%s: 503, and it is left alone for a while", async (_name, answer) => {
    const [provider, pair] = [await provide(answer), keyPairs.ES256()];
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    await expect(read(await sign(provider, pair))).rejects.toMatchObject(refusedKeys);
    const asked = provider.requests.length;
    await expect(read(await sign(provider, pair))).rejects.toMatchObject(refusedKeys);
    expect(provider.requests).toHaveLength(asked);
  });

  const hostOfPlenty = `https://${"漢".repeat(85_000)}.example/jwks`;

  test("names an address with a host that there cannot be: refused before it is parsed", async () => {
    const provider = await provide(
      (self) => (_request, response) =>
        response.writeHead(200, json).end(JSON.stringify({ issuer: self.url, jwks_uri: hostOfPlenty })),
    );
    await bench.trust(globex, { kind: "oidc", issuer: provider.url });
    await expect(read(await sign(provider, keyPairs.ES256()), "globex")).rejects.toMatchObject({
      ...refusedKeys,
      face: { internal: { message: "the answer is not what an OIDC issuer gives" } },
    });
  });

  test("redirects to an address without end: refused before it is parsed", async () => {
    const provider = await provide(
      () => (_request, response) => response.writeHead(302, { location: `//${"é".repeat(4000)}/` }).end(),
    );
    await bench.trust(globex, { kind: "oidc", issuer: provider.url });
    await expect(read(await sign(provider, keyPairs.ES256()), "globex")).rejects.toMatchObject({
      ...refusedKeys,
      face: { internal: { message: expect.stringMatching(/redirects to an address that is too long$/) } },
    });
  });

  test("redirects to another host: nobody goes there", async () => {
    const target = await provide();
    const provider = await provide(
      () => (request, response) => response.writeHead(302, { location: `${target.url}${request.url}` }).end(),
    );
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    await expect(read(await sign(provider, keyPairs.ES256()))).rejects.toMatchObject(refusedKeys);
    expect(target.connections).toBe(0);
  });

  test("redirects within its host: followed", async () => {
    const pair = keyPairs.ES256();
    const jwk = await toJwk(pair.publicKey, "ES256");
    const provider = await provide(() => (request, response) => {
      if (request.url === "/jwks") response.writeHead(307, { location: "/keys" }).end();
      else response.writeHead(200, json).end(JSON.stringify({ keys: [jwk] }));
    });
    await bench.trust(acme, { kind: "oidc", issuer: provider.url, jwksUri: `${provider.url}/jwks` });
    expect(await read(await sign(provider, pair))).toMatchObject({ userId: "ada" });
  });

  test("never answers: given up after 5 s", async () => {
    const provider = await provide(() => () => {});
    await bench.trust(acme, { kind: "oidc", issuer: provider.url });
    const began = performance.now();
    await expect(read(await sign(provider, keyPairs.ES256()))).rejects.toMatchObject(refusedKeys);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe("without ALLOW_PRIVATE_NETWORKS", () => {
  test("no address of this machine or its network is asked, under whatever name", async () => {
    const [provider, pair] = [await provide(), keyPairs.ES256()];
    const guarded = bench.another({ allowPrivateNetworks: false });
    const { port } = new URL(provider.url);
    for (const host of [
      "127.0.0.1",
      "localhost",
      "0.0.0.0",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "169.254.169.254",
      "10.0.0.1",
      "2130706433",
      "0x7f.1",
    ]) {
      const tenant = await bench.tenant(`t${crypto.randomUUID().slice(0, 8)}`);
      await bench.trust(tenant, { kind: "oidc", issuer: provider.url, jwksUri: `https://${host}:${port}/jwks` });
      const error = await read(await sign(provider, pair), tenant.tenantId, guarded).catch(
        (fault: TokenFault) => fault,
      );
      expect(error).toMatchObject({
        ...refusedKeys,
        face: { internal: { cause: { message: expect.stringMatching(/is not allowed/) } } },
      });
    }
    const plain = await bench.tenant("plain");
    await bench.trust(plain, { kind: "oidc", issuer: provider.url });
    await expect(read(await sign(provider, pair), "plain", guarded)).rejects.toMatchObject(refusedKeys);
    expect(provider.connections).toBe(0);
  });
});
