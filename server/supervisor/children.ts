import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment, type Role } from "../config/env.ts";
import { StartError } from "../config/start-error.ts";
import type { Order, Report } from "./child.ts";

export interface ChildOptions<Settings> {
  role: Role;
  entry: URL;
  settings: Settings;
  environment: Record<string, string>;
  say(line: string): void;
}

const STOP_LIMIT_MS = 8_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A child that has run that long is taken for healthy again. */
const HEALTHY_MS = 60_000;
const ATTEMPTS_AT_START = 3;

/** A role in a process of its own that is started again whenever it ends, later each time. */
export class Child<Settings = unknown> {
  readonly #options: ChildOptions<Settings>;
  #process: ChildProcess | undefined;
  #port: number | undefined;
  #wasReady = false;
  #failures = 0;
  #stopping = false;
  #resolveReady!: () => void;
  #rejectReady!: (error: Error) => void;
  readonly #ready: Promise<void>;

  constructor(options: ChildOptions<Settings>) {
    this.#options = options;
    this.#ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.#ready.catch(() => {}); // whoever waits in ready() gets it; nobody may be waiting yet
    this.#start();
  }

  /** Where it listens; undefined while it does not. */
  get port(): number | undefined {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Settles at its first readiness.
   * @throws StartError when it ends too often before that, or is stopped.
   */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** Asks it to close and waits. It ends within 5 s, whether it has closed or not; one that hangs is killed after 8 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#rejectReady(new StartError(`${this.#options.role} was stopped`));
    const child = this.#process;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    if (child.connected) child.send({ type: "stop" } satisfies Order<Settings>, () => {});
    if ((await Promise.race([gone, sleep(STOP_LIMIT_MS, "late", { ref: false })])) !== "late") return;
    this.kill();
    await gone;
  }

  /** Ends it at once. */
  kill(): void {
    this.#stopping = true;
    this.#process?.kill("SIGKILL");
  }

  #start(): void {
    const startedAt = Date.now();
    const ended = (how: string) => void this.#onExit(how, Date.now() - startedAt);
    try {
      this.#process = this.#fork(ended);
    } catch (error) {
      ended((error as Error).message);
    }
  }

  #fork(ended: (how: string) => void): ChildProcess {
    const { entry, environment, role, say, settings } = this.#options;
    // In a group of its own, so that a Ctrl-C reaches the main process alone. The room for new objects is for many calls at once.
    const child = fork(entry, {
      detached: true,
      execArgv: process.execArgv.filter((flag) => !flag.startsWith("--max-semi-space-size")),
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: childEnvironment(environment),
    });
    // One that could not be made, for want of memory or of descriptors, never exits and may have no channel.
    const isThere = child.pid !== undefined;
    child.on("message", (report: Report) => this.#onReport(report));
    child.on("error", (error) => (isThere ? say(`${role}: ${error.message}`) : ended(error.message)));
    child.on("exit", (code, signal) => ended(signal ?? `code ${code}`));
    if (isThere) child.send({ type: "start", settings } satisfies Order<Settings>, () => {}); // an error here is an exit soon after
    return child;
  }

  #onReport(report: Report): void {
    if (report.type === "failed") {
      if (!this.#wasReady) this.#rejectReady(new StartError(`${this.#options.role} does not start: ${report.reason}`));
      else this.#options.say(`${this.#options.role} does not start: ${report.reason}`);
      this.#process?.kill("SIGKILL");
      return;
    }
    this.#port = report.port;
    if (this.#wasReady) this.#options.say(`${this.#options.role} runs again`);
    this.#wasReady = true;
    this.#resolveReady();
  }

  async #onExit(how: string, lifetime: number): Promise<void> {
    this.#port = undefined;
    if (this.#stopping) return;
    this.#failures = lifetime > HEALTHY_MS ? 1 : this.#failures + 1;
    const { role, say } = this.#options;
    if (!this.#wasReady && this.#failures >= ATTEMPTS_AT_START) {
      this.#rejectReady(new StartError(`${role} ended ${this.#failures} times before it was ready (${how}).`));
      return;
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    say(`${role} ended (${how}); it is started again in ${pause / 1000} s`);
    await sleep(pause, undefined, { ref: false });
    if (!this.#stopping) this.#start();
  }
}
