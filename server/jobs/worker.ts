import { pino } from "pino";
import type { Config } from "../config/config.ts";
import { newId } from "../ids.ts";
import type { Bus } from "../log/bus/bus.ts";
import { openBus } from "../log/bus/open-bus.ts";
import { Planner, type Step } from "../log/planner.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { consumers } from "./consumers.ts";
import { startQueue } from "./queue.ts";
import { type TaskContext, taskList } from "./tasks.ts";

const second = 1000;

/** For tests: shorter waits, and a word between any two steps. */
export interface WorkerOptions {
  beat?: number;
  patience?: number;
  /** How often logs are looked at that nobody spoke of, in ms. */
  poll?: number;
  step?: Step;
}

/**
 * The worker role: the planner of effects, and jobs on Postgres. `close` lets running jobs finish. Throws when the database is not to
 * be had.
 */
export async function startWorker(config: Config, options: WorkerOptions = {}): Promise<{ close(): Promise<void> }> {
  const log = pino({ level: config.logLevel, base: { role: "worker" } });
  const onError = (error: unknown) => log.warn({ err: error }, "a background step failed; it is tried again");
  const nodeId = newId();
  const db = openDatabase({ url: config.database.runtimeUrl, name: "parley worker" });
  let bus: Bus | undefined;
  try {
    bus = await openBus(config, nodeId, onError);
    const context: TaskContext = { config, db, log, now: Date.now, step: options.step };
    const queue = await startQueue({ ownerUrl: config.database.ownerUrl, tasks: taskList(context), log, ...options });
    const planner = new Planner({ db, consumers, onError, ...(options.step ? { step: options.step } : {}) });
    const stop = listen({ bus, nodeId, db, planner, poll: options.poll ?? second });
    return { close: () => closeAll([stop, () => planner.close(), queue.stop, bus!.close.bind(bus), db.close]) };
  } catch (error) {
    await bus?.close();
    await db.close();
    throw error;
  }
}

interface Parts {
  bus: Bus;
  nodeId: string;
  db: Database;
  planner: Planner;
  poll: number;
}

/** Wakes the planner when a log grows, and the api nodes when this process makes one grow. */
function listen({ bus, nodeId, db, planner, poll }: Parts): () => void {
  bus.onMessage((message) => {
    if (message.kind === "wake") planner.wake(message.tenantId);
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
