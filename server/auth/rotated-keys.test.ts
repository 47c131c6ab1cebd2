import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { MadeTenant } from "../domain/tenants/make-tenant.ts";
import { type AuthBench, startAuthBench } from "../testing/auth-bench.ts";
import {
  forgeToken,
  keyPairs,
  type Provider,
  signClaims,
  startProvider,
  toJwk,
  toPem,
} from "../testing/credentials.ts";
import { authenticate } from "./authenticate.ts";

// A provider may put another key under a name that is known, or name none: then no key is missing, and yet none fits.

type Pair = ReturnType<typeof keyPairs.ES256>;

const coolDownMs = 15_000;
const audience = "chat";
const refusedSignature = { status: 401, rule: "signature" };
const names: [string, string | undefined][] = [
  ["under the same kid", "same"],
  ["without a kid", undefined],
];

let bench: AuthBench;
let tenant: MadeTenant;
let provider: Provider;
let old: Pair;
let ahead = 0;
const providers: Provider[] = [];

beforeAll(async () => {
  bench = await startAuthBench({ now: () => Date.now() + ahead });
  await bench.tenant("globex");
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((each) => each.close()));
});
afterAll(() => bench.close());

async function provide(pair: Pair, kid?: string): Promise<Provider> {
  const made = await startProvider();
  providers.push(made);
  made.keys = [await toJwk(pair.publicKey, "ES256", kid)];
  return made;
}

/** A tenant whose provider's key is known, by a token that was good. */
async function begin(kid?: string): Promise<void> {
  tenant = await bench.tenant(`t${crypto.randomUUID().slice(0, 8)}`);
  old = keyPairs.ES256();
  provider = await provide(old, kid);
  await bench.trust(tenant, { kind: "oidc", issuer: provider.url, jwksUri: `${provider.url}/jwks`, audience });
  await read(await sign(old, kid));
  expect(provider.requests).toHaveLength(1);
}

const claims = () => ({
  sub: "ada",
  iss: provider.url,
  aud: audience,
  exp: Math.floor((Date.now() + ahead) / 1000) + 7200,
  jti: crypto.randomUUID(),
});
const sign = (pair: Pair, kid?: string, more: object = {}) =>
  signClaims({ ...claims(), ...more }, pair.privateKey, { alg: "ES256", ...(kid ? { kid } : {}) });
const read = (bearer: string) => authenticate(bench.security, { tenant: tenant.tenantId, bearer });
const rotate = async (to: Pair, kid?: string) => {
  provider.keys = [await toJwk(to.publicKey, "ES256", kid)];
};

describe.each(names)("a key that is replaced %s", (_name, kid) => {
  test("is good after the cool-down for everybody who waits, and the old one no longer", async () => {
    await begin(kid);
    const fresh = keyPairs.ES256();
    await rotate(fresh, kid);
    await expect(read(await sign(fresh, kid))).rejects.toMatchObject(refusedSignature);
    expect(provider.requests).toHaveLength(1);
    ahead += coolDownMs;
    const tokens = await Promise.all(Array.from({ length: 20 }, () => sign(fresh, kid)));
    for (const { userId } of await Promise.all(tokens.map(read))) expect(userId).toBe("ada");
    expect(provider.requests).toHaveLength(2);
    await expect(read(await sign(old, kid))).rejects.toMatchObject(refusedSignature);
    expect(provider.requests).toHaveLength(2);
  });

  test("is asked for once in a cool-down, however many tokens are forged", async () => {
    await begin(kid);
    const forged = keyPairs.ES256();
    const flood = async () => {
      const tokens = await Promise.all(Array.from({ length: 20 }, () => sign(forged, kid)));
      for (const token of tokens) await expect(read(token)).rejects.toMatchObject(refusedSignature);
      await Promise.all(tokens.map((token) => expect(read(token)).rejects.toMatchObject(refusedSignature)));
    };
    for (const asked of [1, 2, 3]) {
      await flood();
      expect(provider.requests).toHaveLength(asked);
      ahead += coolDownMs;
    }
    expect(await read(await sign(old, kid))).toMatchObject({ userId: "ada" });
  });

  test("is not asked for by a token that can be refused, or is good, without it", async () => {
    await begin(kid);
    ahead += coolDownMs;
    const forged = keyPairs.ES256();
    const secret = new TextEncoder().encode(toPem(old.publicKey));
    const cases: [string, string][] = [
      ["expiry", await sign(forged, kid, { exp: 1 })],
      ["not-before", await sign(forged, kid, { nbf: claims().exp })],
      ["issued-at", await sign(forged, kid, { iat: claims().exp })],
      ["audience", await sign(forged, kid, { aud: "another" })],
      ["issuer", await sign(forged, kid, { iss: "https://other.example" })],
      ["algorithm", forgeToken({ alg: "none", kid }, claims())],
      ["issuer", await signClaims(claims(), secret, { alg: "HS256", ...(kid ? { kid } : {}) })],
      ["form", forgeToken({ alg: "ES256", kid }, { ...claims(), pad: "x".repeat(64_000) }, "eA")],
    ];
    for (const [rule, token] of cases) await expect(read(token)).rejects.toMatchObject({ status: 401, rule });
    await expect(read(await sign(forged, kid, { tenantId: "globex" }))).rejects.toMatchObject({ status: 403 });
    expect(await read(await sign(old, kid))).toMatchObject({ userId: "ada" });
    expect(provider.requests).toHaveLength(1);
  });

  test("cannot be had from a provider that is away: the known one stays good", async () => {
    await begin(kid);
    const token = await sign(old, kid);
    await providers.pop()?.close();
    ahead += coolDownMs;
    await expect(read(await sign(keyPairs.ES256(), kid))).rejects.toMatchObject(refusedSignature);
    expect(await read(token)).toMatchObject({ userId: "ada" });
  });

  test("of one issuer is not asked for while another of the same name has the one that fits", async () => {
    await begin(kid);
    const second = keyPairs.ES256();
    const theirs = await provide(second, kid);
    await bench.trust(tenant, { kind: "oidc", issuer: provider.url, jwksUri: `${theirs.url}/jwks` });
    ahead += coolDownMs;
    expect(await read(await sign(second, kid))).toMatchObject({ userId: "ada" });
    expect([provider.requests.length, theirs.requests.length]).toEqual([1, 1]);
  });
});
