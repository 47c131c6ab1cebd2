import { TenantSecurity, type TenantSecurityOptions } from "../auth/tenant-security.ts";
import { type IssuerDraft, settleIssuer } from "../domain/issuers/policy.ts";
import { insertIssuer } from "../domain/issuers/store.ts";
import { createTenant, type MadeTenant } from "../domain/tenants/make-tenant.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { createTestDatabase } from "./postgres.ts";
import { testSecret } from "./stack.ts";

/** Authentication on a real database, without any transport. */
export interface AuthBench {
  db: Database;
  security: TenantSecurity;
  /** Another node's, with what it remembers itself. */
  another(options?: Partial<TenantSecurityOptions>): TenantSecurity;
  tenant(id: string): Promise<MadeTenant>;
  /** Lets a tenant trust an issuer; answers its id. */
  trust(tenant: MadeTenant, draft: Partial<IssuerDraft> & Pick<IssuerDraft, "kind">): Promise<string>;
  close(): Promise<void>;
}

export async function startAuthBench(options: Partial<TenantSecurityOptions> = {}): Promise<AuthBench> {
  const database = await createTestDatabase();
  const db = openDatabase({ url: database.runtimeUrl });
  const all: TenantSecurity[] = [];
  const open = (more: Partial<TenantSecurityOptions> = {}) => {
    const security = new TenantSecurity({
      db,
      authSecret: testSecret,
      allowPrivateNetworks: true,
      ...options,
      ...more,
    });
    all.push(security);
    return security;
  };
  const security = open();
  return {
    db,
    security,
    another: open,
    tenant: (id) => createTenant(db, testSecret, { id, name: id }),
    trust: async ({ tenantId }, draft) => {
      const settled = settleIssuer({ name: "test", claims: {}, enabled: true, ...draft }, true);
      const row = await tenantTransaction(db.prisma, tenantId, (tx) => insertIssuer(tx, tenantId, testSecret, settled));
      for (const each of all) each.invalidate(tenantId);
      return row.id;
    },
    close: async () => {
      for (const each of all) await each.close();
      await db.close();
      await database.drop();
    },
  };
}
