import type { Pool } from "pg";
import { beat, retireNode } from "./store.ts";

const beatEvery = 5000;
/** For how long a hello means company. */
const companyMs = 15_000;

interface Options {
  pool: Pool;
  nodeId: string;
  /**
   * @param found `lapsed`: the others may have taken this node for dead and what it holds out; `lost`: one of them does not live any more
   */
  onBeat(found: { lapsed: boolean; lost: boolean }): void;
  onError(error: unknown): void;
}

/** Says that this node lives, and knows who else does. It has a timer of its own: who is long at something else is not dead. */
export class Heartbeat {
  /** How many nodes share the work, this one included. */
  nodes = 1;
  /** Whether there is nobody to be told anything. */
  alone = true;
  private internalUrl: string | undefined;
  private others: string[] = [];
  private greetedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  async start(): Promise<void> {
    await this.beat();
    this.timer = setInterval(() => this.tick(), beatEvery).unref();
  }

  /** The node's orderly end. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await retireNode(this.options.pool, this.options.nodeId).catch(this.options.onError);
  }

  /** Where other nodes reach this one: told to them at once. */
  async reachableAt(url: string): Promise<void> {
    this.internalUrl = url;
    await this.beat();
  }

  /** A worker is no node and says hello every few seconds: as long as it does, there is somebody to wake. */
  greeted(): void {
    this.alone = false;
    this.greetedAt = Date.now();
  }

  private tick(): void {
    this.beating ??= this.beat()
      .catch(this.options.onError)
      .finally(() => {
        this.beating = undefined;
      });
  }

  private async beat(): Promise<void> {
    const { nodeId: id, pool, onBeat } = this.options;
    const { others, working, lapsed } = await beat(pool, { id, internalUrl: this.internalUrl });
    // Whose own beat comes late cannot tell who died: what kept it, a Postgres that was away, keeps the others.
    const lost = !lapsed && this.others.some((each) => !others.includes(each));
    this.others = lapsed ? [...new Set([...this.others, ...others])] : others;
    this.nodes = working + 1;
    this.alone = working === 0 && Date.now() - this.greetedAt > companyMs;
    onBeat({ lapsed, lost });
  }
}
