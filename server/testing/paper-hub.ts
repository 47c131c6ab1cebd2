import { pino } from "pino";
import { mintTenantId } from "../auth/principal.ts";
import type { SubscribeOptions, Subscription } from "../realtime/subscription.ts";
import type { Services } from "../services.ts";
import { readAddress } from "../transport/signalr/address.ts";
import { HubConnection } from "../transport/signalr/hub-connection.ts";
import type { HubHost } from "../transport/signalr/hub-host.ts";
import type { Link } from "../transport/signalr/link.ts";
import { HubMethods } from "../transport/signalr/methods.ts";

/** A connection on paper: what it writes is read back as text, and a test decides when its place in the log is found. */
export class PaperHub implements HubHost {
  readonly log = pino({ level: "silent" });
  readonly methods = new HubMethods({
    operations: [],
    services: {} as Services,
    log: this.log,
    realtime: { subscribe: (options) => this.subscribe(options), abandon: () => {} },
  });
  readonly said: string[] = [];
  ended: { code: number; reason: string } | undefined;
  paused = false;
  time = 1_000_000;
  asked: SubscribeOptions | undefined;
  left = 0;
  expiredAt: number | undefined;
  expiringAt: number | undefined;
  readonly connection: HubConnection;
  private settle: { resolve(value: Subscription): void; reject(error: unknown): void } | undefined;

  constructor(query = "", expiresAt?: number, transport: Link["transport"] = "WebSockets") {
    this.connection = new HubConnection(this, {
      id: "k1",
      principal: {
        tenantId: mintTenantId("acme"),
        kind: "user",
        userId: "ada",
        admin: false,
        scopes: new Set(),
        credential: { type: "none" },
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
      client: undefined,
      address: readAddress(new URL(`http://hub/${query}`)),
      frameRate: { rate: 50, burst: 200 },
      parallel: 1,
      makeLink: (): Link => ({
        transport,
        ip: () => "192.0.2.1",
        write: (bytes) => this.hear(bytes),
        end: (code, reason, last) => {
          if (last) this.hear(last);
          this.ended = { code, reason };
        },
        unread: 0,
        pressure: () => undefined,
        pause: () => {
          this.paused = true;
        },
        resume: () => {
          this.paused = false;
        },
      }),
    });
  }

  now = () => this.time;

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    this.asked = options;
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  expired(_connection: HubConnection, now: number): void {
    this.expiredAt = now;
  }

  expiring(_connection: HubConnection, expiresAt: number): void {
    this.expiringAt = expiresAt;
  }

  tapped(): void {}

  abandoned(): void {}

  closed(): void {}

  says(text: string): void {
    this.connection.receive(Buffer.from(text));
  }

  /** The log is joined. */
  async join(): Promise<void> {
    const close = () => {
      this.left++;
    };
    if (this.asked) this.settle?.resolve({ options: this.asked, cursor: 0, close });
    await turn();
  }

  async fail(error: unknown): Promise<void> {
    this.settle?.reject(error);
    await turn();
  }

  /** Sweeps once a second. */
  pass(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      this.time += 1000;
      this.connection.sweep(this.time);
    }
  }

  private hear(frame: Buffer): void {
    const header = (frame[1] ?? 0) < 126 ? 2 : 4;
    this.said.push(frame.subarray(header).toString());
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
