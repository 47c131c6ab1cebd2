import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { harbourMaster, people, tenants } from "../../prisma/seed/cast.ts";
import { ensureIssuer } from "../../prisma/seed/credentials.ts";
import { demoId } from "../../prisma/seed/store.ts";
import type { DemoStack } from "./demo-stack.ts";
import { testSecret } from "./stack.ts";

/** Tests that `demo.json` is good, whatever happens to what it names. */
export function describeDemoFile(demo: () => DemoStack): void {
  describe("demo.json", () => {
    test("has every field, is its owner's alone, and leaves nothing beside it", () => {
      expect(demo().readFile()).toEqual({
        baseUrl: "http://localhost:3000",
        tenantId: tenants.demo.id,
        apiKey: expect.stringMatching(/^parley_demo_/),
        pusher: {
          appId: expect.stringMatching(/^\d{7,9}$/),
          key: expect.stringMatching(/^demo-[0-9a-f]{20}$/),
          secret: expect.stringMatching(/^[0-9a-f]{40}$/),
        },
        admin: {
          email: expect.stringMatching(/@lighthouse\.example$/),
          password: expect.stringMatching(/^[\w-]{20}$/),
        },
        users: people.map(({ userId, displayName }) => ({ userId, displayName, token: expect.any(String) })),
        second: {
          tenantId: tenants.harbour.id,
          apiKey: expect.stringMatching(/^parley_harbour_/),
          user: { userId: harbourMaster.userId, token: expect.any(String) },
        },
      });
      expect(statSync(join(demo().dataDir, "demo.json")).mode & 0o777).toBe(0o600);
      expect(readdirSync(demo().dataDir)).toEqual(["demo.json"]);
    });

    test("is good on every node, each with a folder of its own", async () => {
      for (const folder of [demo().dataDir, demo().elsewhere]) await demo().expectGood(demo().readFile(folder));
    });

    test("is written again when it is lost or damaged, without breaking what others hold", async () => {
      const before = demo().readFile();
      rmSync(join(demo().dataDir, "demo.json"));
      await demo().seed();
      const { users, second, ...same } = before;
      expect(demo().readFile()).toMatchObject(same);
      await demo().expectGood(before);
      writeFileSync(join(demo().dataDir, "demo.json"), "{ half");
      await demo().seed();
      await demo().expectGood(demo().readFile());
    });

    test("gets a key that works after the primary was rotated; the old one stays refused", async () => {
      const before = demo().readFile();
      const rotated = await demo().withKey("demo", before.apiKey)<{ key: string }>(
        "POST",
        "/admin/api-keys/primary/regenerate",
      );
      expect(rotated.status).toBeLessThan(300);
      await Promise.all([demo().seed(), demo().seed(demo().elsewhere)]);
      const after = demo().readFile();
      expect(after.apiKey).not.toBe(before.apiKey);
      expect(demo().readFile(demo().elsewhere).apiKey).toBe(after.apiKey);
      await demo().expectGood(after);
      expect((await demo().withKey("demo", before.apiKey)("GET", "/admin/tenant")).status).toBe(401);
    });

    test("gets new tokens when they were revoked, or have less than 45 days left", async () => {
      const before = demo().readFile();
      await demo().withKey("demo", before.apiKey)("POST", "/admin/tenant/revoke-tokens");
      await demo().seed();
      const after = demo().readFile();
      await demo().expectGood(after);
      expect(after.users[0]?.token).not.toBe(before.users[0]?.token);
      const { security } = demo().stack.api.services;
      const late = Object.assign(Object.create(security), { now: () => Date.now() + 46 * 86_400_000 });
      await demo().seed(demo().dataDir, late);
      expect(demo().readFile().users[0]?.token).not.toBe(after.users[0]?.token);
    });

    test("gets tokens of a new issuer when the tenant's own was switched off", async () => {
      const before = demo().readFile();
      await demo().owner.query("update issuers set enabled = false where tenant_id = 'demo'");
      await demo().seed();
      await demo().expectGood(demo().readFile());
      expect((await demo().tokenStatus(before.users[0]?.token ?? "")).status).toBe(401);
      const { db, security } = demo().stack.api.services;
      await ensureIssuer({ db, security, authSecret: testSecret }, demoId);
      expect((await demo().owner.query("select 1 from issuers where tenant_id = 'demo'")).rowCount).toBe(1);
    });

    test("shows people by the names they have now", async () => {
      await demo().owner.query(
        "update users set display_name = 'Ada of the Sea' where tenant_id = 'demo' and id = 'ada'",
      );
      await demo().seed();
      expect(demo().readFile().users[0]).toMatchObject({ userId: "ada", displayName: "Ada of the Sea" });
    });
  });
}
