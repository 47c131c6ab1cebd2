import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, startApi } from "../../api.ts";
import { call, type Stack, startStack, testSecret } from "../../testing/stack.ts";
import { createTenant } from "../tenants/make-tenant.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  const { db } = stack.api.services;
  const settings = { allowedOrigins: ["https://app.example.com", "https://other.example.com"] };
  await createTenant(db, testSecret, { id: "acme", name: "Acme", settings });
  await createTenant(db, testSecret, { id: "show", name: "Showboat", demo: true, settings: { allowedOrigins: ["*"] } });
});
afterAll(() => stack.close());

const ask = (tenant: string) => call(`${stack.url}/tenant/${tenant}/v1/hosted`, "GET", undefined, {});

test("tells anybody the name, and whether one may pick a person", async () => {
  expect(await ask("acme")).toMatchObject({ status: 200, body: { tenantId: "acme", name: "Acme", demo: false } });
  expect(await ask("show")).toMatchObject({ status: 200, body: { tenantId: "show", name: "Showboat", demo: true } });
  expect((await ask("show")).body).toHaveProperty("pusherKey");
  expect((await ask("acme")).body).not.toHaveProperty("pusherKey");
});

test("a tenant that is not there is 401 like everywhere without a credential", async () => {
  expect((await ask("nowhere")).status).toBe(401);
});

describe("who may frame the pages", () => {
  const pages = createServer((_request, response) => response.end("a page"));
  let api: Api;
  beforeAll(async () => {
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    api = await startApi(stack.config, { url: () => url });
  });
  afterAll(async () => {
    await api.close();
    await new Promise((resolve) => pages.close(resolve));
  });
  const policyOf = async (path: string) =>
    (await fetch(`http://127.0.0.1:${api.port}${path}`)).headers.get("content-security-policy");

  test("the hosted chat and inbox: the origins that the tenant allows", async () => {
    const allowed = "frame-ancestors 'self' https://app.example.com https://other.example.com";
    expect(await policyOf("/chat/acme")).toContain(allowed);
    expect(await policyOf("/inbox/acme?x=1")).toContain(allowed);
    expect(await policyOf("/chat/show")).toContain("frame-ancestors *");
  });

  test("everything else, and what is no tenant's: nobody but itself", async () => {
    for (const path of ["/", "/chat/nowhere", "/chat/%2e%2e", "/chatter/acme"])
      expect(await policyOf(path)).toContain("frame-ancestors 'self'");
    expect(await policyOf("/")).not.toContain("example.com");
  });
});
