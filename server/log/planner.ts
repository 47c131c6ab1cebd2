import { setTimeout as sleep } from "node:timers/promises";
import type { TenantId } from "../auth/principal.ts";
import type { EventType, LogEvent } from "../events.ts";
import type { Database } from "../persistence/database.ts";
import { enqueueJobs, type Job } from "../persistence/jobs.ts";
import { type TenantTransaction, tenantTransaction } from "../persistence/prisma.ts";
import { type ClaimedCursor, claimCursor, commitLazily, moveCursor, readEventsOf } from "./planner-store.ts";
import { findBehind } from "./store.ts";

/** Some events of one tenant, in log order, and the transaction in which their effects are written. */
export interface Batch {
  tx: TenantTransaction;
  tenantId: TenantId;
  /** At most 1,000, only of the types that the consumer asked for. */
  events: LogEvent[];
  /** Of the first event, recipients up to this one are planned already. */
  after?: string;
  /** The log's epoch now; effects that are done later compare it, see `older`. */
  epoch: number;
  /** Whether an event is from before the log's present epoch (a restore, a promotion): then its effects wait for an operator. */
  older(event: LogEvent): boolean;
  /** When the epoch was found to be another; what was due before then may have gone out, too. */
  gateAt: Date | null;
}

export interface Plan {
  jobs: Job[];
  /** The consumer wrote enough: it comes back for the rest of this event's recipients, those after `after`. */
  stopped?: { position: number; after: string };
}

/**
 * Turns events into effects. It gets every event of its types once, in order: what it writes in the batch's transaction, the jobs it
 * returns and the cursor's move commit together or not at all. It must be safe to run again after a rollback, so it writes nowhere else.
 */
export interface Consumer {
  /** Names its cursor: never reused for something else. */
  name: string;
  /** The events that it wants; by a function where that depends on the tenant. Without any, none is read. */
  types: EventType[] | ((tx: TenantTransaction, tenantId: TenantId) => Promise<EventType[]>);
  plan(batch: Batch): Promise<Plan>;
}

/** What of one tenant's log is to be planned, and the transaction in which the effects are written. */
export interface Span {
  tx: TenantTransaction;
  tenantId: TenantId;
  /** Events in (after, upto], oldest first, at most `limit` of those that are wanted. */
  after: number;
  upto: number;
  limit: number;
  epoch: number;
  /** Events up to there are from before the log's present epoch. */
  gate: number;
  /** As a batch's. */
  gateAt: Date | null;
}

/** A consumer that reads its events itself, because Postgres can do with many of them at once what would be done here with each. */
export interface SetConsumer {
  name: string;
  /** Answers how many events it took, and the last one's position. */
  planSpan(span: Span): Promise<{ jobs: Job[]; taken: number; last: number }>;
}

/** Named moments between two steps, for tests that end the process at each of them. */
export type Step = (name: string) => void | Promise<void>;

interface Options {
  db: Database;
  consumers: (Consumer | SetConsumer)[];
  onError(error: unknown): void;
  step?: Step;
  /** Events a transaction. */
  limit?: number;
}

/** Positions that one look at the log passes at most, however few of them are wanted. */
const window = 10_000;
/** From one plan of a tenant to the next while its log grows, in ms: a busy log is planned in few large steps, not after each commit. */
const pause = { least: 50, most: 1000 };
/** While others write to a tenant's log its planner rests so many times what its work took: they want the same processors and the same disk. */
const restAfterWork = 4;
/** Events of a portion from which on it counts as work: a few at a time are planned as they come. */
const muchAtOnce = 100;
/** Tenants at a time, so that planning leaves connections to the jobs. */
const lanes = 3;
/** Portions after which a tenant whose log is far behind lets others have its lane, where some wait for one. */
const portionsATurn = 8;

/**
 * Plans effects from the logs of all tenants. Any number of workers may do it at once: a consumer's cursor is a locked row, and who
 * finds it locked leaves it to the other. Wake-ups may be lost: `poll` is the net.
 */
export class Planner {
  private readonly waiting = new Set<TenantId>();
  private readonly running = new Map<TenantId, Promise<void>>();
  private readonly again = new Set<TenantId>();
  /** Planned a moment ago: a wake-up waits for the end of the pause. */
  private readonly resting = new Map<TenantId, NodeJS.Timeout>();
  private readonly closing = new AbortController();
  private polling: Promise<void> | undefined;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  /** Says that a tenant's log has grown. Returns at once. */
  wake(tenantId: TenantId): void {
    if (this.closed || this.options.consumers.length === 0) return;
    if (this.running.has(tenantId) || this.resting.has(tenantId)) this.again.add(tenantId);
    else this.waiting.add(tenantId);
    this.serve();
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  /** Wakes the tenants whose logs are further than what is planned. To be called once a second. */
  poll(): Promise<void> {
    this.polling ??= this.wakeBehind()
      .catch((error) => this.options.onError(error))
      .finally(() => {
        this.polling = undefined;
      });
    return this.polling;
  }

  /** Lets what is under way come to its commit; nothing is begun after that. */
  async close(): Promise<void> {
    this.closing.abort();
    this.waiting.clear();
    for (const timer of this.resting.values()) clearTimeout(timer);
    await this.polling;
    await Promise.all(this.running.values());
  }

  /**
   * Plans everything that a tenant's log holds now, or of much a turn's worth while other tenants wait. A consumer that fails keeps no other
   * from its own. Answers for how long the slowest of them worked on much at once, in ms; 0 when the turn was over before the end.
   */
  async plan(tenantId: TenantId): Promise<number> {
    let longest = 0;
    let turnIsOver = false;
    const plans = this.options.consumers.map(async (consumer) => {
      let head: number | undefined;
      let worked = 0;
      for (let more = true, portions = 0; more; portions++) {
        if (portions >= portionsATurn && this.waiting.size > 0) {
          turnIsOver = true;
          return;
        }
        const began = performance.now();
        const step = this.closed ? undefined : await this.planSome(tenantId, consumer);
        if (!step) return; // another worker is at it: if it dies, the next poll finds out
        more = step.more;
        const took = performance.now() - began;
        worked += step.taken < muchAtOnce ? 0 : took;
        longest = Math.max(longest, worked);
        const grows = head !== undefined && head !== step.cursor.head;
        head = step.cursor.head;
        if (more && grows) await this.sleep(took * restAfterWork);
      }
    });
    for (const end of await Promise.allSettled(plans)) if (end.status === "rejected") this.options.onError(end.reason);
    if (turnIsOver) this.again.add(tenantId);
    return turnIsOver ? 0 : longest;
  }

  private async sleep(ms: number): Promise<void> {
    await sleep(Math.min(ms, pause.most), undefined, { signal: this.closing.signal, ref: false }).catch(() => {});
  }

  private async planSome(
    tenantId: TenantId,
    consumer: Consumer | SetConsumer,
  ): Promise<{ cursor: ClaimedCursor; more: boolean; taken: number } | undefined> {
    const step = this.options.step ?? (() => {});
    const planned = await tenantTransaction(this.options.db.prisma, tenantId, async (tx) => {
      const cursor = await claimCursor(tx, tenantId, consumer.name);
      if (!cursor) return undefined;
      const upto = Math.min(cursor.head, cursor.position + window);
      if (upto <= cursor.position) return { cursor, more: false, taken: 0 };
      await step("planner claimed");
      const span = { tx, tenantId, after: cursor.position, upto, limit: this.options.limit ?? 1000 };
      const { jobs, to, taken } =
        "planSpan" in consumer ? await planSet(consumer, span, cursor) : await planEvents(consumer, span, cursor);
      await step("planner wrote effects");
      await enqueueJobs(tx, jobs);
      await step("planner enqueued jobs");
      if (taken === 0) await commitLazily(tx);
      await moveCursor(tx, tenantId, consumer.name, to);
      await step("planner moved the cursor");
      return { cursor, more: to.position < cursor.head, taken };
    });
    await step("planner committed");
    return planned;
  }

  private serve(): void {
    for (const tenantId of this.waiting) {
      if (this.closed || this.running.size >= lanes) return;
      this.waiting.delete(tenantId);
      const run = this.plan(tenantId)
        .catch((error) => {
          this.options.onError(error);
          return 0;
        })
        .then((worked) => {
          this.running.delete(tenantId);
          this.rest(tenantId, worked * restAfterWork);
          this.serve();
        });
      this.running.set(tenantId, run);
    }
  }

  private rest(tenantId: TenantId, ms: number): void {
    if (this.closed) return;
    const end = () => {
      this.resting.delete(tenantId);
      if (this.again.delete(tenantId)) this.wake(tenantId);
    };
    this.resting.set(tenantId, setTimeout(end, Math.min(Math.max(ms, pause.least), pause.most)).unref());
  }

  private async wakeBehind(): Promise<void> {
    const { db, consumers } = this.options;
    if (this.closed || consumers.length === 0) return;
    const names = consumers.map(({ name }) => name);
    for (const tenantId of await findBehind(db.pool, names)) this.wake(tenantId);
  }
}

interface Planned {
  jobs: Job[];
  to: Destination;
  /** Events that have effects, or may. */
  taken: number;
}

type Reading = Omit<Span, "epoch" | "gate" | "gateAt">;

async function planSet(consumer: SetConsumer, span: Reading, cursor: ClaimedCursor): Promise<Planned> {
  const { epoch, gate, gateAt } = cursor;
  const { jobs, taken, last } = await consumer.planSpan({ ...span, epoch, gate, gateAt });
  return { jobs, taken, to: { position: taken < span.limit ? span.upto : last, recipient: null } };
}

async function planEvents(consumer: Consumer, span: Reading, cursor: ClaimedCursor): Promise<Planned> {
  const { tx, tenantId, upto, limit } = span;
  const types = typeof consumer.types === "function" ? await consumer.types(tx, tenantId) : consumer.types;
  const events = types.length > 0 ? await readEventsOf(tx, tenantId, types, span) : [];
  const plan = events.length > 0 ? await consumer.plan(batchOf(span, cursor, events)) : { jobs: [] };
  const end = events.length < limit ? upto : (events.at(-1)?.position ?? upto);
  return { jobs: plan.jobs, taken: events.length, to: progress(plan, end) };
}

function batchOf({ tx, tenantId }: Reading, cursor: ClaimedCursor, events: LogEvent[]): Batch {
  return {
    tx,
    tenantId,
    events,
    ...(cursor.recipient === null ? {} : { after: cursor.recipient }),
    epoch: cursor.epoch,
    older: (event) => event.position <= cursor.gate,
    gateAt: cursor.gateAt,
  };
}

interface Destination {
  position: number;
  recipient: string | null;
}

/** Where the cursor goes: inside a wide event it stays before it and names the recipient. */
function progress(plan: Plan, end: number): Destination {
  return plan.stopped
    ? { position: plan.stopped.position - 1, recipient: plan.stopped.after }
    : { position: end, recipient: null };
}
