import { Pool, TypeOverrides, types } from "pg";
import type { Logger } from "pino";

// pg's list of type numbers has no arrays.
const INT8_ARRAY = 1016 as number as typeof types.builtins.INT8;

/**
 * A pool of connections to Postgres. Whole numbers of 64 bits arrive as `number` (positions and seqs stay far below 2^53; anything
 * above fails its query instead of being rounded), timestamps as Date, JSON parsed. Losing connections is logged and never ends
 * the process: the next query opens a new one.
 * @param name shown in pg_stat_activity and in the log.
 */
export function createPool(options: { url: string; max: number; name: string; log: Pick<Logger, "warn"> }): Pool {
  const { url, max, name, log } = options;
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: name,
    types: numericTypes(),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    options: serverOptions.map((option) => `-c ${option}`).join(" "),
  });
  const lost = (error: Error) => log.warn({ err: error, pool: name }, "a connection to Postgres was lost");
  // The pool itself hears of idle connections only; without a listener of its own, one lost while lent out ends the process. A
  // connection may report its end twice.
  pool.on("connect", (client) => client.once("error", lost).on("error", () => {}));
  pool.on("error", () => {});
  return pool;
}

const serverOptions = [
  // "Lock, then look with a fresh snapshot" needs it, whatever the server's default is.
  "default_transaction_isolation=read\\ committed",
  // All statements are short, and compiling one, which a wrong guess of its cost is enough for, takes longer than running it.
  "jit=off",
  // What a machine held that lost its power is let go within half a minute, and not after the system's two hours.
  "tcp_keepalives_idle=10",
  "tcp_keepalives_interval=5",
  "tcp_keepalives_count=4",
];

/** Of this pool alone: Prisma reads the process-wide parsers and must go on seeing text. */
function numericTypes(): TypeOverrides {
  const overrides = new TypeOverrides();
  const parseArray = types.getTypeParser(INT8_ARRAY);
  overrides.setTypeParser(types.builtins.INT8, toSafeNumber);
  overrides.setTypeParser(INT8_ARRAY, (text: string) =>
    (parseArray(text) as (string | null)[]).map((n) => n && toSafeNumber(n)),
  );
  return overrides;
}

function toSafeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`Postgres answered ${text}, which a number cannot hold: cast it to text.`);
  return number;
}
