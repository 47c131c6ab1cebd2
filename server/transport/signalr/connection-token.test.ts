import { expect, test } from "vitest";
import { mintTenantId, type Principal } from "../../auth/principal.ts";
import { ConnectionTokens, isFresh, newConnectionId } from "./connection-token.ts";

const now = Date.parse("2026-11-23T10:00:00Z");
const tokens = new ConnectionTokens("one secret of all nodes");
const claim = {
  connectionId: newConnectionId(),
  tenantId: "acme",
  userId: "ädä 👋",
  issuedAt: now,
  nodeId: "n1",
  stateful: false,
};
const token = tokens.sign(claim);

function user(tenantId: string, userId: string): Principal {
  const credential = { type: "none" } as const;
  return { tenantId: mintTenantId(tenantId), kind: "user", userId, admin: false, scopes: new Set(), credential };
}

test("is good for its user on any node, and safe in an address as it is", () => {
  const otherNode = new ConnectionTokens("one secret of all nodes");
  expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(otherNode.readOf(token, user("acme", "ädä 👋"))).toEqual(claim);
});

test("is for that user, that tenant and two minutes", () => {
  expect(tokens.readOf(token, user("acme", "bob"))).toBeUndefined();
  expect(tokens.readOf(token, user("globex", "ädä 👋"))).toBeUndefined();
  expect([now + 119_000, now + 121_000].map((at) => isFresh(claim, at))).toEqual([true, false]);
});

test("of another secret, changed in any byte, cut or garbage is nothing", () => {
  const bytes = Buffer.from(token, "base64url");
  const changed = [...bytes.keys()].map((at) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy.toString("base64url");
  });
  const bad = [
    ...changed,
    token.slice(0, -4),
    token.slice(0, 43),
    "",
    "x",
    "%00",
    new ConnectionTokens("other").sign(claim),
  ];
  for (const each of bad) expect(tokens.read(each)).toBeUndefined();
});
