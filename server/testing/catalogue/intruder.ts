import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Side } from "./world.ts";

/** What a call is made with: the wrong tenant, and what there is in the right one. */
export interface Intruder {
  db: Database;
  tx: TenantTransaction;
  /** The tenant on whose behalf the call is made. */
  mine: TenantId;
  /** The other one's chat, message, … */
  theirs: Side["ids"];
  /** The other one itself. */
  other: TenantId;
}

/** The answer is about the caller's own tenant: it may be anything that is not the other's. */
export const own = Symbol("own");
/** The call is refused as if there were nothing. */
export const refused = Symbol("refused");

/** By how many a count is more than its list has: by none, unless it counts what is another tenant's. */
export async function beyondList(count: Promise<number>, list: Promise<unknown[]>): Promise<number> {
  return (await count) - (await list).length;
}

type Call = [call: (intruder: Intruder) => unknown, gives: unknown];

/** A function that takes no tenant, and why. */
type Exception = { reason: string };

type StoreRows = Record<string, Call | Exception>;

/** File → its functions' rows. */
export type StoreModules = Record<string, { module: object; rows: StoreRows }>;
