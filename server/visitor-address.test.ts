import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, startApi } from "./api.ts";
import { signLinkToken } from "./auth/link-token.ts";
import { type Stack, startStack, type TestTenant, testSecret } from "./testing/stack.ts";
import { visitorHeader, visitorSeal } from "./visitor-address.ts";

// In the place of Next stands a page that asks the api what ours ask, in the same way: passing on what it was given.

let stack: Stack;
let tenant: TestTenant;
let front: Api;
let pages: Server;
let token: string;

beforeAll(async () => {
  stack = await startStack({ trustProxy: ["127.0.0.1"] });
  tenant = await stack.tenant("acme");
  // One or two looks, as this node knows of the other yet or not, and no further one within the time of a test.
  const rates = { address: { rate: 0.1, burst: 2 } };
  expect((await tenant.key()("PATCH", "/admin/tenant", { settings: { rates } })).status).toBe(200);
  token = signLinkToken(testSecret, { tenantId: tenant.tenantId, userId: "ada", type: "*" });
  pages = createServer((request, response) => {
    const visitor = { [visitorHeader]: String(request.headers[visitorHeader]) };
    const asked = request.url?.startsWith("/u/")
      ? fetch(`${stack.url}/api/trpc/preferences.getByLink?input=${encodeURIComponent(JSON.stringify({ token }))}`, {
          headers: { ...visitor, "x-tenant-id": "acme" },
        })
      : fetch(`${tenant.url}/hosted`, { headers: visitor });
    void asked.then(({ status }) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  front = await startApi(stack.config, { url: () => url });
});
afterAll(async () => {
  await front.close();
  pages.close();
  await stack.close();
});

const look = async (path: string, address: string, more: Record<string, string> = {}) =>
  (await fetch(`http://127.0.0.1:${front.port}${path}`, { headers: { "x-forwarded-for": address, ...more } })).status;

test.each([
  ["/u/x", "192.0.2.1", "198.51.100.1"],
  ["/chat/acme", "192.0.2.2", "198.51.100.2"],
])("who looks at %s has a rate of their own, whatever others did", async (path, one, other) => {
  const statuses = [];
  // What the browser itself says of its address counts for nothing.
  for (let i = 0; i < 4; i++) statuses.push(await look(path, one, { [visitorHeader]: visitorSeal("x").seal(`${i}`) }));
  expect([statuses[0], statuses.at(-1)]).toEqual([200, 429]);
  expect(await look(path, other)).toBe(200);
});

test("an address without our seal is not taken, nor one under another's seal", async () => {
  const ask = async (visitor: string) =>
    (await fetch(`${tenant.url}/hosted`, { headers: { [visitorHeader]: visitor, "x-forwarded-for": "192.0.2.3" } }))
      .status;
  const [, mac] = visitorSeal(testSecret).seal("203.0.113.1").split(" ");
  const made = [`203.0.113.2 ${mac}`, visitorSeal("another secret").seal("203.0.113.3"), "a b c"];
  const statuses = [];
  for (const visitor of made) statuses.push(await ask(visitor));
  expect([statuses[0], statuses.at(-1)]).toEqual([200, 429]);
});
