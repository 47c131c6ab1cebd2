import type { Socket } from "node:net";
import { Pool, type PoolClient, TypeOverrides, types } from "pg";
import type { Logger } from "pino";
import { isReadOnly } from "./faults.ts";

interface Options {
  url: string;
  max: number;
  /** Shown in pg_stat_activity and in the log. */
  name: string;
  log: Pick<Logger, "warn">;
  /** For tests: in ms, how long a server that was asked something may say nothing. Longer than it gives a statement. */
  silence?: number;
}

// pg's list of type numbers has no arrays.
const INT8_ARRAY = 1016 as number as typeof types.builtins.INT8;

/**
 * A pool of connections to Postgres. Whole numbers of 64 bits arrive as `number` (positions and seqs stay far below 2^53; anything
 * above fails its query instead of being rounded), timestamps as Date, JSON parsed. Losing connections is logged and never ends
 * the process: the next query opens a new one.
 */
export function createPool({ url, max, name, log, silence = 40_000 }: Options): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: name,
    types: numericTypes(),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    // Awaited before the connection is lent. Not asked for as it is made: a pooler such as PgBouncer refuses who asks for that.
    onConnect: (client) => {
      endSilent(client as PoolClient, silence);
      return client.query(SETTINGS);
    },
  });
  const lost = (error: Error) => log.warn({ err: error, pool: name }, "a connection to Postgres was lost");
  // The pool itself hears of idle connections only; without a listener of its own, one lost while lent out ends the process. A
  // connection may report its end twice.
  pool.on("connect", (client) => client.once("error", lost).on("error", () => {}));
  pool.on("error", () => {});
  endReadOnly(pool);
  return pool;
}

/**
 * A server that is gone without a word, or stands still, would keep who asked it waiting until the system gives up what was sent, which
 * takes a quarter of an hour. Nothing is due from one that was asked nothing.
 */
function endSilent(client: PoolClient, silence: number): void {
  const socket = client.connection.stream as Socket;
  const late = () => Object.assign(new Error(`Postgres said nothing for ${silence / 1000} s`), { code: "ETIMEDOUT" });
  const asked: { readyForQuery?: boolean } = client as object;
  socket.setTimeout(silence, () => asked.readyForQuery || socket.destroy(late()));
}

/**
 * A connection to a server that took no changes is not lent again: it may go on leading there when another server has become the primary.
 * Whoever gives it back need not know why its statement failed. Reading goes on meanwhile.
 */
function endReadOnly(pool: Pool): void {
  const readOnly = new WeakSet<PoolClient>();
  pool.on("connect", (client) =>
    client.connection.on("errorMessage", (error) => isReadOnly(error) && readOnly.add(client)),
  );
  pool.on("release", (_error, client) => readOnly.has(client) && client.end());
}

const SETTINGS = Object.entries({
  statement_timeout: "30s",
  idle_in_transaction_session_timeout: "60s",
  // "Lock, then look with a fresh snapshot" needs it, whatever the server's default is.
  default_transaction_isolation: "read committed",
  // All statements are short, and compiling one, which a wrong guess of its cost is enough for, takes longer than running it.
  jit: "off",
  // What a machine held that lost its power is let go within half a minute, and not after the system's two hours.
  tcp_keepalives_idle: "10",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "4",
})
  .map(([name, value]) => `set ${name} = '${value}'`)
  .join(";");

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
