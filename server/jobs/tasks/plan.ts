import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";

/** What a task is of. */
export interface TaskWork {
  db: Database;
  tenantId: TenantId;
  /** The chat's or the user's id */
  subject: string;
}

/** What one step has done. */
export interface Stride {
  /** Of a file, one record each. */
  lines?: FileLine[];
  /** Rows looked at. */
  done: number;
  /** Where the next step goes on; left out at the end of the part. */
  next?: string | undefined;
}

export interface FileLine {
  record: string;
  data: unknown;
}

/**
 * A part of a task. It may be run again from the same place, when a worker died before its place was written: what it changes it changes to
 * the same, and what it reads is written in the commit that moves the place.
 */
export type Part = (work: TaskWork, at: string | undefined) => Promise<Stride>;

export interface Plan {
  parts: Part[];
  /** How many rows there are to look at. */
  count(work: TaskWork): Promise<number>;
}
