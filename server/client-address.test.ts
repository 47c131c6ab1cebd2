import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { clientAddress, networkOf, type ProxySetting, trustOf } from "./client-address.ts";
import { type Stack, startStack, type TestTenant } from "./testing/stack.ts";

describe("the caller's address", () => {
  test.each<[ProxySetting, string, string | undefined, string]>([
    [0, "10.0.0.1", "1.1.1.1", "10.0.0.1"],
    [1, "10.0.0.1", "1.1.1.1", "1.1.1.1"],
    [1, "10.0.0.1", "9.9.9.9, 1.1.1.1", "1.1.1.1"],
    [2, "10.0.0.1", "9.9.9.9, 1.1.1.1,10.0.0.2", "1.1.1.1"],
    [2, "10.0.0.1", undefined, "10.0.0.1"],
    [["10.0.0.0/8"], "10.0.0.1", "9.9.9.9, 1.1.1.1, 10.2.3.4", "1.1.1.1"],
    [["10.0.0.0/8"], "::ffff:10.0.0.1", "1.1.1.1", "1.1.1.1"],
    [["10.0.0.0/8"], "192.168.0.1", "1.1.1.1", "192.168.0.1"],
    [["10.0.0.0/8", "fd00::/8", "::1"], "::1", "2001:db8::1, fd00::7", "2001:db8::1"],
    [["10.0.0.0/8"], "10.0.0.1", "unknown", "unknown"],
    [["10.0.0.0/8"], "10.0.0.1", " , ", "10.0.0.1"],
  ])("behind %j, from %s for %s, is %s", (setting, remoteAddress, forwarded, wanted) => {
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    const request = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
    expect(clientAddress(request, trustOf(setting))).toBe(wanted);
  });

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:0:a:1:2:3:4", "2001:db8:0:a::/64"],
    ["2001:0DB8::a:0:0:0:9", "2001:db8:0:a::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
    ["a:b", "a:b"],
    ["", ""],
  ])("%s counts as %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test.each(["300.0.0.0/8", "10.0.0.0/99", "localhost"])("%s is no proxy", (text) => {
    expect(() => trustOf([text])).toThrow();
  });
});

describe("behind a proxy strangers have a rate each", () => {
  let stack: Stack;
  let tenant: TestTenant;
  beforeAll(async () => {
    stack = await startStack({ trustProxy: ["127.0.0.1"] });
    tenant = await stack.tenant("acme");
    const rates = { address: { rate: 0.1, burst: 3 } };
    await tenant.key()("PATCH", "/admin/tenant", { settings: { rates } });
  });
  afterAll(() => stack.close());

  const headersOf = (address: string) => ({ "x-forwarded-for": `8.8.8.8, ${address}`, authorization: "Bearer no" });
  const ways: [string, (address: string) => Promise<number>][] = [
    ["REST", async (address) => (await fetch(`${tenant.url}/Chat`, { headers: headersOf(address) })).status],
    [
      "tRPC",
      async (address) => {
        const headers = { ...headersOf(address), "x-tenant-id": "acme" };
        return (await fetch(`${stack.url}/api/trpc/chats.list`, { headers })).status;
      },
    ],
    [
      "the hub",
      async (address) => {
        const socket = new WebSocket(`${tenant.url.replace("http", "ws")}/hub`, { headers: headersOf(address) });
        socket.on("error", () => {});
        const [, response] = await once(socket, "unexpected-response");
        socket.terminate();
        return response.statusCode;
      },
    ],
  ];
  test.each(ways)("on %s", async (name, ask) => {
    const way = ways.findIndex(([each]) => each === name);
    const [one, other] = [`192.0.2.${way}`, `198.51.100.${way}`];
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push(await ask(one));
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
    expect(await ask(other)).toBe(401);
  });

  test.each(ways)("on %s all of an IPv6 network of one household are one", async (name, ask) => {
    const network = `2001:db8:0:${ways.findIndex(([each]) => each === name)}`;
    const statuses = [];
    for (let i = 1; i < 7; i++) statuses.push(await ask(`${network}:${i}::${i}`));
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
    expect(await ask("2001:db8:1:1::1")).toBe(401);
  });
});
