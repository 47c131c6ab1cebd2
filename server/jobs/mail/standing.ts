import type { TenantId } from "../../auth/principal.ts";
import { isHalted } from "../../domain/tenants/store.ts";
import type { Database } from "../../persistence/database.ts";

/** Why a mail that is on its way does not go out for now. */
export class LeftWaiting extends Error {}

/** Whether a tenant's mail may still go out, as seen a moment ago: its server may have kept us waiting for long. */
export class Standing {
  /** Of performance.now(): no mail is pumped for who is suspended then. */
  private seen = performance.now();
  isHalted = false;
  private readonly db: Database;
  private readonly tenantId: TenantId;
  private readonly trust: number;

  /** @param trust ms for which an answer counts: no mail is to wait for another one each time */
  constructor(db: Database, tenantId: TenantId, trust: number) {
    this.db = db;
    this.tenantId = tenantId;
    this.trust = trust;
  }

  /** Throws LeftWaiting when it may not. */
  async require(): Promise<void> {
    if (!this.isHalted && performance.now() - this.seen >= this.trust) {
      this.isHalted = await isHalted(this.db, this.tenantId).catch(() => {
        throw new LeftWaiting("It could not be seen whether the tenant is suspended");
      });
      this.seen = performance.now();
    }
    if (this.isHalted) throw new LeftWaiting("The tenant is suspended");
  }
}
