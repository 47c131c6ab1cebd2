import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient, QueryConfig, QueryResult } from "pg";
import { isConnectionLoss, isDeadlock, isReadOnly, isShortage } from "./faults.ts";

interface Options {
  pool: Pool;
  onError(error: unknown): void;
  /** Between two attempts, in ms. */
  pause?: number;
}

/** How the queue names the statements by which a job ends. */
const endsJob = /^(complete|fail)_job(_q)?\//;

/**
 * The pool as the queue gets it. The queue writes how a job ended without waiting for it and without hearing that it failed: a Postgres
 * that restarts just then would end the process, by a rejection that nobody handles. Here such a statement is repeated until Postgres is
 * back, which is right: it names the job. All else fails as it does in any pool, and the queue tries it again.
 */
export class QueuePool {
  /** For the queue. */
  readonly pool: Pool;
  private readonly options: Options;
  private readonly stopping = new AbortController();
  private readonly ending = new Set<Promise<unknown>>();

  constructor(options: Options) {
    this.options = options;
    const { pool } = options;
    const connect = (callback?: Parameters<Pool["connect"]>[0]) =>
      callback ? pool.connect(callback) : Promise.resolve(this.lend());
    this.pool = Object.create(pool, { connect: { value: connect } });
  }

  /** Tries once more what is not written yet, and waits for it. */
  async settle(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.ending);
  }

  /** A connection that is made when it is needed: only then it is known for what. */
  private lend(): Pick<PoolClient, "release"> & { query(...asked: [QueryConfig]): Promise<unknown> } {
    let client: Promise<PoolClient> | undefined;
    return {
      query: async (...asked) => {
        if (endsJob.test(asked[0].name ?? "")) return await this.end(asked[0]);
        client ??= this.options.pool.connect();
        return await (await client).query(...asked);
      },
      release: () =>
        void client?.then(
          (each) => each.release(),
          () => {},
        ),
    };
  }

  private async end(statement: QueryConfig): Promise<unknown> {
    const written = this.write(statement).finally(() => this.ending.delete(written));
    this.ending.add(written);
    return await written;
  }

  /** Never fails: nobody would hear it. A job whose end is not written goes on when this worker is gone. */
  private async write(statement: QueryConfig): Promise<QueryResult | undefined> {
    const { pool, onError, pause = 1000 } = this.options;
    const { signal } = this.stopping;
    for (;;) {
      const last = signal.aborted;
      try {
        return await pool.query(statement);
      } catch (error) {
        onError(error);
        if (last || !isPassing(error)) return undefined;
      }
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
}

function isPassing(error: unknown): boolean {
  return [isConnectionLoss, isShortage, isDeadlock, isReadOnly].some((is) => is(error));
}
