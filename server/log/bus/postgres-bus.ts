import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Bus, BusMessage } from "./bus.ts";
import { Inbox, Outbox } from "./outbox.ts";

const channel = "parley_bus";
const retryMs = 1000;
/** An answer that takes longer means a connection that nobody is at the other end of. */
const patienceMs = 10_000;

interface Options {
  url: string;
  nodeId: string;
  onError(error: unknown): void;
  /** Ten seconds unless told. */
  patienceMs?: number;
}

/**
 * Postgres NOTIFY on a connection of its own, never inside a transaction that commits messages: that would serialise all commits. It is
 * asked something all the time, as a node that only listens would never know that it is lost.
 */
export async function createPostgresBus(options: Options): Promise<Bus> {
  const bus = new PostgresBus(options);
  await bus.connect();
  return bus;
}

class PostgresBus implements Bus {
  private client: pg.Client | undefined;
  private listeners: ((message: BusMessage) => void)[] = [];
  private closed = false;
  private reconnecting: Promise<void> | undefined;
  private asking: Promise<unknown> = Promise.resolve();
  private readonly patienceMs: number;
  private readonly beat: NodeJS.Timeout;
  private readonly outbox: Outbox;
  private readonly inbox: Inbox;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    this.inbox = new Inbox(options.nodeId);
    this.outbox = new Outbox(options.nodeId, (payload) => this.send(payload));
    this.patienceMs = options.patienceMs ?? patienceMs;
    this.beat = setInterval(() => void this.ask("select 1"), this.patienceMs / 2).unref();
  }

  publish(message: BusMessage): void {
    this.outbox.push(message);
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.listeners.push(listener);
  }

  healthy(): boolean {
    return this.client !== undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.beat);
    await this.client?.end();
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.url,
      application_name: "parley bus",
      keepAlive: true,
      connectionTimeoutMillis: this.patienceMs,
      query_timeout: this.patienceMs,
    });
    client.on("error", (error) => this.lost(client, error));
    client.on("end", () => this.lost(client, new Error("the bus connection ended")));
    client.on("notification", ({ payload }) => this.receive(payload ?? ""));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      client.end().catch(ignore); // it never was one
      throw error;
    }
    if (this.closed) await client.end();
    else this.client = client;
  }

  private receive(payload: string): void {
    try {
      for (const message of this.inbox.read(payload)) for (const listener of this.listeners) listener(message);
    } catch (error) {
      this.options.onError(error);
    }
  }

  /** Waits for a connection: what is said meanwhile stays in the outbox. Once it was asked it is not said twice. */
  private async send(payload: string): Promise<void> {
    do await this.reconnecting;
    while (!(await this.ask("select pg_notify($1, $2)", [channel, payload])) && !this.closed);
  }

  /** One question at a time, as pg wants it. False when the connection was lost before its turn. */
  private async ask(text: string, values: string[] = []): Promise<boolean> {
    const { client } = this;
    let asked = false;
    const answered = this.asking.then(async () => {
      if (!client || this.client !== client) return;
      asked = true;
      await client.query(text, values);
    });
    this.asking = answered.catch(ignore);
    try {
      await answered;
    } catch (error) {
      if (client) this.lost(client, error);
    }
    return asked;
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.closed || this.client !== client) return;
    this.client = undefined;
    this.options.onError(error);
    client.end().catch(ignore); // what is left of it
    this.reconnecting ??= this.reconnect();
  }

  /** One attempt at a time, for as long as it takes. */
  private async reconnect(): Promise<void> {
    while (!this.closed && !this.client) {
      await sleep(retryMs, undefined, { ref: false });
      if (!this.closed) await this.connect().catch(ignore); // the loss has been reported
    }
    this.reconnecting = undefined;
  }
}

function ignore(): void {}
