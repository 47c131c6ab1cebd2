import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const revoke = (userId: string) =>
  tenant.key()<{ userId: string; validAfter: string }>("POST", `/admin/users/${userId}/revoke`);
const statusOf = async (token: string, base = tenant.url) =>
  (await fetch(`${base}/Chat`, { headers: { authorization: `Bearer ${token}` } })).status;

describe("succeeds", () => {
  test("for a user without a profile: old tokens are refused here at once, new ones are good", async () => {
    const [old, ben] = [await tenant.token("ada"), await tenant.token("ben")];
    expect(await statusOf(old)).toBe(200);
    const before = Date.now();
    const { status, body } = await revoke("ada");
    expect([status, body.userId]).toEqual([200, "ada"]);
    expect(Date.parse(body.validAfter)).toBeGreaterThan(before - 5000);
    expect(Date.parse(body.validAfter)).toBeLessThan(Date.now() + 5000);
    expect([await statusOf(old), await statusOf(ben), await statusOf(await tenant.token("ada"))]).toEqual([
      401, 200, 200,
    ]);
  });

  test("on another node within 5 s", async () => {
    const node = await stack.another();
    const there = `${node.url}/tenant/acme/v1`;
    const token = await tenant.token("cyd");
    expect(await statusOf(token, there)).toBe(200);
    await revoke("cyd");
    // Counted in looks, of which a machine that stalls takes none.
    for (let looks = 0; (await statusOf(token, there)) === 200; looks++) {
      expect(looks).toBeLessThan(5000 / 50);
      await sleep(50);
    }
  });

  test("twice, moving forwards, and leaves the profile alone", async () => {
    await tenant.key()("PUT", "/Users/dan", { displayName: "Dan" });
    const [first, second] = [await revoke("dan"), await revoke("dan")];
    expect(Date.parse(second.body.validAfter)).toBeGreaterThanOrEqual(Date.parse(first.body.validAfter));
    expect((await tenant.key()("GET", "/Users/dan")).body.displayName).toBe("Dan");
  });

  test("in this tenant alone", async () => {
    const other = await stack.tenant("globex");
    const theirs = await other.token("ada");
    await revoke("ada");
    expect(await statusOf(theirs, other.url)).toBe(200);
  });
});

describe("refuses", () => {
  test("users with 403, and ids that no user can have with 400", async () => {
    expect((await tenant.as("ada")("POST", "/admin/users/ben/revoke")).status).toBe(403);
    expect((await revoke("x".repeat(129))).status).toBe(400);
  });
});
