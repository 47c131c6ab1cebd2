import { expect, test } from "vitest";
import { mintTenantId, type Principal } from "../auth/principal.ts";
import { limits } from "../schema.ts";
import { Connections } from "./connections.ts";
import type { LiveConnection } from "./live-connection.ts";

const tenantId = mintTenantId("acme");
let made = 0;

function connect(tenant: string, address?: string, userId?: string): LiveConnection {
  const principal: Principal = {
    ...{ tenantId: mintTenantId(tenant), kind: "visitor", admin: false, scopes: new Set() },
    ...(userId === undefined ? {} : { userId }),
    credential: { type: "none" },
  };
  const id = String(made++);
  return { id, principal, protocol: "pusher", openedAt: 0, ...(address ? { origin: address } : {}) } as LiveConnection;
}

test("connections that are nobody's are bounded by address and tenant, and make room when they end or become somebody's", () => {
  const connections = new Connections();
  const held = Array.from({ length: limits.anonymousPerAddress }, () => connect("acme", "192.0.2.1"));
  for (const connection of held) connections.add(connection);
  const more = () => connections.add(connect("acme", "192.0.2.1"));
  expect(more).toThrow("Too many connections of this address");
  connections.add(connect("acme", "192.0.2.2"));
  for (let i = 0; i < limits.anonymousPerAddress; i++)
    connections.add(connect("acme", `2001:db8::1:${i.toString(16)}`));
  expect(() => connections.add(connect("acme", "2001:db8::2:1"))).toThrow("Too many connections of this address");
  connections.add(connect("globex", "192.0.2.1"));
  connections.add(connect("acme")); // a backend's, by its key
  expect(connections.of(tenantId)).toHaveLength(2 * limits.anonymousPerAddress + 2);
  const [first, second] = held as [LiveConnection, LiveConnection];
  expect(connections.remove(first)).toBe(true);
  expect(connections.remove(first)).toBe(false);
  more();
  expect(more).toThrow();
  connections.remove(second);
  connections.add(connect("acme", "192.0.2.1", "ada"));
  more();
  expect(more).toThrow();
});

test("a user has so many connections of a tenant, wherever they come from", () => {
  const connections = new Connections();
  for (let i = 0; i < limits.connectionsPerUser; i++) connections.add(connect("acme", `192.0.2.${i % 250}`, "ada"));
  const more = () => connections.add(connect("acme", "192.0.2.1", "ada"));
  expect(more).toThrow("Too many connections of this user");
  const headers = { "RateLimit-Policy": '"connections";q=200;w=10', RateLimit: '"connections";r=0;t=10' };
  expect(more).toThrow(expect.objectContaining({ face: expect.objectContaining({ retryAfter: 10, headers }) }));
  connections.add(connect("acme", "192.0.2.1", "ben"));
});
