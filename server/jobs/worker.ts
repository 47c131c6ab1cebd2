import { type DestinationStream, pino } from "pino";
import type { Config } from "../config/config.ts";
import { newId } from "../ids.ts";
import type { Bus } from "../log/bus/bus.ts";
import { openBus } from "../log/bus/open-bus.ts";
import { Planner, type Step } from "../log/planner.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { createPool } from "../persistence/pool.ts";
import { withoutCalls } from "../persistence/prisma.ts";
import { consumers } from "./consumers.ts";
import { DueLoop } from "./due-loop.ts";
import { MailHolds } from "./mail/hold-store.ts";
import type { MailContext } from "./mail/pump.ts";
import { OpenLines } from "./mail/smtp.ts";
import { startQueue } from "./queue.ts";
import type { Hanging } from "./slot.ts";
import { strangersTaskList, type TaskContext, taskList } from "./tasks.ts";
import type { WebhookContext } from "./webhooks/send-webhooks.ts";

const second = 1000;
const jobsAtOnce = 16;

/** For tests: shorter waits, and a word between any two steps. */
export interface WorkerOptions {
  /** Jobs at a time; each slot asks for work of its own. */
  concurrency?: number;
  beat?: number;
  patience?: number;
  /** How often jobs that wait for a time are looked for, in ms. */
  look?: number;
  /** How often logs are looked at that nobody spoke of, in ms. */
  poll?: number;
  step?: Step;
  mail?: Pick<MailContext, "patience" | "waits">;
  webhooks?: WebhookContext["webhookPatience"];
  /** Where the log goes; to the process' output unless told. */
  output?: DestinationStream;
}

/**
 * The worker role: the planner of effects, and jobs on Postgres. `close` takes no more jobs and waits for those that run; as a process of
 * the service it has 5 s for it, and what is cut off there another worker does anew. Throws when the database is not to be had.
 */
export async function startWorker(config: Config, options: WorkerOptions = {}): Promise<{ close(): Promise<void> }> {
  const log = pino(
    { level: config.logLevel, hooks: { streamWrite: withoutCalls }, base: { role: "worker" } },
    options.output,
  );
  const onError = (error: unknown) => log.warn({ err: error }, "a background step failed; it is tried again");
  const nodeId = newId();
  const { runtimeUrl, connections } = config.database;
  const db = openDatabase({ url: runtimeUrl, connections, name: "parley worker", log });
  const holds = createPool({ url: runtimeUrl, max: 1, name: "parley mail", log });
  const stopping = new AbortController();
  const opened: (() => unknown)[] = [() => holds.end(), db.close];
  try {
    const bus = await openBus(config, nodeId, onError);
    opened.unshift(() => bus.close());
    const { step, mail, webhooks: webhookPatience } = options;
    const hanging: Hanging = new Map();
    opened.unshift(() => Promise.all(hanging.keys()));
    const given = { step, webhookPatience, hanging, holds: new MailHolds(holds), lines: new OpenLines(), ...mail };
    const context: TaskContext = { config, db, log, stopping: stopping.signal, now: db.now, ...given };
    const tasks = { tasks: taskList(context), apart: strangersTaskList(context) };
    const queue = { ownerUrl: config.database.ownerUrl, ...tasks, log, concurrency: jobsAtOnce };
    opened.unshift((await startQueue({ ...queue, ...options })).stop);
    const planner = new Planner({ db, consumers, onError, ...(step ? { step } : {}) });
    opened.unshift(() => planner.close());
    const loop = new DueLoop({ db, onError });
    opened.unshift(() => loop.close());
    opened.unshift(listen({ bus, nodeId, db, planner, loop, poll: options.poll ?? second }));
    return { close: () => closeAll([() => stopping.abort(), ...opened]) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

interface Parts {
  bus: Bus;
  nodeId: string;
  db: Database;
  planner: Planner;
  loop: DueLoop;
  poll: number;
}

/** Wakes the planner and whoever works sends when a log grows, and the api nodes when this process makes one grow. */
function listen({ bus, nodeId, db, planner, loop, poll }: Parts): () => void {
  bus.onMessage((message) => {
    if (message.kind !== "wake") return;
    planner.wake(message.tenantId);
    loop.wake();
  });
  db.onCommit((tenantId) => {
    bus.publish({ kind: "wake", tenantId });
    planner.wake(tenantId);
  });
  const hello = () => bus.publish({ kind: "hello", nodeId });
  const timers = [setInterval(() => void planner.poll(), poll), setInterval(hello, 5 * second)];
  hello();
  void planner.poll();
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

async function closeAll(steps: (() => unknown)[]): Promise<void> {
  for (const step of steps) await step();
}
