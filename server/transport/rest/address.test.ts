import { afterAll, beforeAll, expect, test } from "vitest";
import { RawHubClient } from "../../testing/hub-client.ts";
import { call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

test.each([100, 1999, 2001, 10_000])("an id of %i characters is one that nothing has", async (length) => {
  const id = "a".repeat(length);
  for (const path of [`/Chat/${id}`, `/Chat/${id}/messages`, `/Notifications/${id}`])
    expect(await tenant.as("ada")("GET", path)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect(await tenant.as("ada")("DELETE", `/Notifications/${id}`)).toMatchObject({ status: 404 });
});

test("a base address that ends in a slash is as good as one that does not: for browsers, refusals and sockets too", async () => {
  const doubled = (path: string) => `${stack.url}//tenant/acme${path}`;
  const token = await tenant.token("ada");
  const headers = { authorization: `Bearer ${token}`, origin: "https://app.example.com" };
  for (const path of ["/v1/Chat", "/v1.0/Chat"])
    expect((await call(doubled(path), "GET", undefined, headers)).status, path).toBe(200);
  const asked = { origin: headers.origin, "access-control-request-method": "POST" };
  for (const { headers: got } of [
    await call(doubled("/v1/Chat"), "GET", undefined, headers),
    await call(doubled("/v1/Chat"), "OPTIONS", undefined, asked),
  ])
    expect(got.get("access-control-allow-origin")).toBe(headers.origin);
  expect(await call(doubled("/v1/nothing"), "GET", undefined, headers)).toMatchObject({
    status: 404,
    body: { code: "not_found" },
  });
  const hub = await RawHubClient.open(doubled("/v1/hub"), token);
  hub.socket.terminate();
});

test("an empty part of an address is no id, and makes no other address of it", async () => {
  const key = tenant.key();
  expect(await key("PUT", "/Users//preferences", { timezone: "Europe/Zurich" })).toMatchObject({ status: 404 });
  expect((await key("GET", "/Users/preferences")).status).toBe(404);
  for (const path of ["/Chat//messages", "/Users//", "/Chat/x//messages"])
    expect(await key("GET", path), path).toMatchObject({ status: 404, body: { code: "not_found" } });
  // In front of what is fixed a doubled slash is of a base address.
  for (const base of ["/tenant/acme/v1/", "/tenant//acme//v1.0/"])
    expect(
      (
        await call(`${stack.url}${base}/Chat`, "GET", undefined, {
          authorization: `Bearer ${await tenant.token("ada")}`,
        })
      ).status,
      base,
    ).toBe(200);
});
