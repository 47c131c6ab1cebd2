import pg from "pg";
import type { Bus, BusMessage } from "./bus.ts";
import { Outbox, readPayload } from "./outbox.ts";

const channel = "parley_bus";

/** Postgres NOTIFY on a connection of its own, never inside a transaction that commits messages: that would serialise all commits. */
export async function createPostgresBus(options: {
  url: string;
  nodeId: string;
  onError(error: unknown): void;
}): Promise<Bus> {
  const bus = new PostgresBus(options);
  await bus.connect();
  return bus;
}

class PostgresBus implements Bus {
  private client: pg.Client | undefined;
  private listeners: ((message: BusMessage) => void)[] = [];
  private closed = false;
  private readonly outbox: Outbox;
  private readonly options: { url: string; nodeId: string; onError(error: unknown): void };

  constructor(options: { url: string; nodeId: string; onError(error: unknown): void }) {
    this.options = options;
    this.outbox = new Outbox(options.nodeId, (payload) => this.notify(payload));
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
    await this.client?.end();
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.url,
      application_name: "parley bus",
      keepAlive: true,
    });
    client.on("error", (error) => this.lost(client, error));
    client.on("end", () => this.lost(client, new Error("the bus connection ended")));
    client.on("notification", ({ payload }) => this.receive(payload ?? ""));
    await client.connect();
    await client.query(`listen ${channel}`);
    this.client = client;
  }

  private receive(payload: string): void {
    try {
      for (const message of readPayload(payload, this.options.nodeId))
        for (const listener of this.listeners) listener(message);
    } catch (error) {
      this.options.onError(error);
    }
  }

  private async notify(payload: string): Promise<void> {
    try {
      await this.client?.query("select pg_notify($1, $2)", [channel, payload]);
    } catch (error) {
      this.options.onError(error);
    }
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.closed || (this.client !== client && this.client !== undefined)) return;
    if (this.client === client) this.options.onError(error);
    this.client = undefined;
    this.again();
  }

  private again(): void {
    if (this.closed || this.client) return;
    setTimeout(() => {
      if (this.closed || this.client) return;
      this.connect().catch(() => this.again());
    }, 1000).unref();
  }
}
