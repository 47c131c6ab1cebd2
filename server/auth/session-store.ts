import type { Database } from "../persistence/database.ts";
import type { Role } from "./roles.ts";

/** A console session that is not over. Times in ms since 1970. */
export interface SessionRow {
  sessionId: string;
  personId: string;
  email: string;
  name: string | null;
  installationOwner: boolean;
  expiresAt: number;
  sudoUntil: number | null;
  tenants: { tenantId: string; role: Role; name: string; suspended: boolean }[];
}

// Hand-written SQL: read every two seconds for every console that is open; one round trip against twenty through Prisma.

/** The session with its person and roles, `sudoUntil` by this machine's clock; null when it is over or never was. */
export async function readSession(db: Database, sessionId: string): Promise<SessionRow | null> {
  const { rows } = await db.pool.query<{ row: SessionRow | null; now: Date }>({
    name: "console_session_v1",
    text: "select console_session_v1($1) as row, clock_timestamp() as now",
    values: [sessionId],
  });
  const [found] = rows;
  if (!found?.row) return null;
  const { row, now } = found;
  // It lasts for minutes, by which this machine's clock may be wrong.
  return { ...row, sudoUntil: row.sudoUntil && row.sudoUntil + Date.now() - now.getTime() };
}
