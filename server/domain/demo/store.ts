import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";

const most = 20;

/** The seeded people of a demo tenant, those who were made first. */
export async function listPeople(db: Database, tenantId: TenantId) {
  const client = db.forTenant(tenantId);
  const tenant = await client.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const rows = await client.user.findMany({
    where: { tenantId, displayName: { not: null } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: most,
  });
  const people = rows.map((row) => ({
    userId: row.id,
    displayName: row.displayName ?? row.id,
    avatarUrl: row.avatarUrl,
  }));
  return { tenantName: tenant.name, people };
}
