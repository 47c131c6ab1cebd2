import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import { newId } from "../ids.ts";
import { type Rate, TokenBucket } from "../limiter.ts";
import type { BusMessage } from "../log/bus/bus.ts";
import type { InspectedFrame, Inspection, InspectOptions } from "../services.ts";
import type { LiveConnection } from "./live-connection.ts";
import { maskSecrets } from "./mask-secrets.ts";

/** What is shown of a tenant's frames on one node; more are counted, not shown. */
const shown: Rate = { rate: 50, burst: 100 };
/** Characters of a frame that are shown. */
const longest = 2048;
/** Frames that an inspector who is slow to ask still finds. */
const kept = 500;
/** An inspector who does not ask again has gone, in ms. */
const leaseMs = 15_000;
/** Tenants that are inspected at the same time. */
const mostWatched = 50;
/** Frames in one message to another node. */
const mostSent = 40;

export type TappedConnection = Pick<LiveConnection, "id" | "principal" | "protocol">;

interface Watch {
  /** By node that asked, ours included; until when. */
  leases: Map<string, number>;
  budget: TokenBucket;
  skipped: number;
  /** Of this node, since the last flush. */
  fresh: InspectedFrame[];
  /** Of all nodes, oldest first, for who asks here; the number of the first. */
  ring: InspectedFrame[];
  first: number;
  waiting: Set<() => void>;
}

interface Options {
  nodeId: string;
  now(): number;
  /** To the other nodes, if there are any. */
  say(message: BusMessage): void;
}

/**
 * The frames of a tenant's sockets, for operators who inspect them: those of all nodes, bounded, with secrets masked. While nobody does
 * it costs a frame one look at `on`. All of it may be lost, and nothing of it is stored.
 */
export class Tap {
  /** Whether anybody inspects any tenant. */
  on = false;
  private readonly watches = new Map<TenantId, Watch>();
  private readonly options: Options;
  /** Numbers of another life of this process are none of ours. */
  private readonly life = newId().slice(-12);

  constructor(options: Options) {
    this.options = options;
  }

  /** A frame that came or went. `read` is called only when it is shown. */
  frame(connection: TappedConnection, kind: "in" | "out", { bytes, read }: { bytes: number; read(): string }): void {
    const watch = this.watches.get(connection.principal.tenantId);
    if (!watch) return;
    if (!watch.budget.take(this.options.now())) watch.skipped++;
    else watch.fresh.push({ ...this.about(connection, kind), bytes, ...cut(read()) });
  }

  /** A connection that was opened or closed, or became a user's. */
  event(connection: TappedConnection, kind: "connect" | "identify" | "disconnect"): void {
    const watch = this.watches.get(connection.principal.tenantId);
    // The console itself is no client of the tenant.
    if (!watch || connection.principal.kind === "operator") return;
    if (!watch.budget.take(this.options.now())) watch.skipped++;
    else watch.fresh.push(this.about(connection, kind));
  }

  /** Holds until there are frames after a cursor, or the time is over. Without one only the present is answered. Throws `rate_limited`. */
  async read(tenantId: TenantId, { after, seconds, signal }: InspectOptions): Promise<Inspection> {
    const watch = this.lease(tenantId, this.options.nodeId, seconds * 1000 + leaseMs);
    this.options.say({ kind: "inspect", tenantId, nodeId: this.options.nodeId, ms: seconds * 1000 + leaseMs });
    const [life, number] = (after ?? "").split("-");
    const end = watch.first + watch.ring.length;
    const from = after === undefined ? end : life === this.life ? Number(number) : watch.first;
    if (!(from < end) && after !== undefined && seconds > 0) await untilFrames(watch, seconds, signal);
    const frames = watch.ring.slice(Math.max(0, from - watch.first));
    return { frames, next: `${this.life}-${watch.first + watch.ring.length}` };
  }

  /** What another node says. */
  receive(message: Extract<BusMessage, { kind: "inspect" | "frames" }>): void {
    if (message.kind === "inspect") {
      if (this.watches.has(message.tenantId) || this.watches.size < mostWatched)
        this.lease(message.tenantId, message.nodeId, Math.min(message.ms, 60_000));
      return;
    }
    const watch = this.watches.get(message.tenantId);
    if (watch?.leases.has(this.options.nodeId)) show(watch, message.frames);
  }

  /** Hands on what has gathered, and forgets inspectors that have gone. To be called a few times a second. */
  flush(): void {
    if (!this.on) return;
    const now = this.options.now();
    for (const [tenantId, watch] of this.watches) {
      const { fresh, skipped, leases } = watch;
      watch.fresh = [];
      watch.skipped = 0;
      if (skipped > 0) fresh.push({ at: new Date(now).toISOString(), kind: "skipped", count: skipped });
      for (const [nodeId, until] of leases) if (until <= now) leases.delete(nodeId);
      if (fresh.length > 0) this.handOn(tenantId, watch, fresh);
      if (leases.size === 0) this.forget(tenantId, watch);
    }
  }

  private handOn(tenantId: TenantId, watch: Watch, fresh: InspectedFrame[]): void {
    const { leases } = watch;
    const { nodeId, say } = this.options;
    if (leases.has(nodeId)) show(watch, fresh);
    if (leases.size === (leases.has(nodeId) ? 1 : 0)) return;
    for (let at = 0; at < fresh.length; at += mostSent)
      say({ kind: "frames", tenantId, frames: fresh.slice(at, at + mostSent) });
  }

  private forget(tenantId: TenantId, watch: Watch): void {
    for (const wake of watch.waiting) wake();
    this.watches.delete(tenantId);
    this.on = this.watches.size > 0;
  }

  private lease(tenantId: TenantId, nodeId: string, ms: number): Watch {
    const now = this.options.now();
    let watch = this.watches.get(tenantId);
    if (!watch) {
      if (this.watches.size >= mostWatched)
        throw new DomainError("rate_limited", { detail: "Too many tenants are inspected now", retryAfter: 10 });
      const budget = new TokenBucket(shown, now);
      watch = { leases: new Map(), budget, skipped: 0, fresh: [], ring: [], first: 0, waiting: new Set() };
      this.watches.set(tenantId, watch);
      this.on = true;
    }
    watch.leases.set(nodeId, now + ms);
    return watch;
  }

  private about<K extends InspectedFrame["kind"]>({ id, principal, protocol }: TappedConnection, kind: K) {
    const { userId } = principal;
    const at = new Date(this.options.now()).toISOString();
    return { at, kind, protocol, connectionId: id, ...(userId === undefined ? {} : { userId }) };
  }
}

function show(watch: Watch, frames: InspectedFrame[]): void {
  watch.ring.push(...frames);
  const over = Math.max(0, watch.ring.length - kept);
  watch.ring.splice(0, over);
  watch.first += over;
  for (const wake of watch.waiting) wake();
}

/** Secrets go before the text is cut, so that none is cut in two and not known any more. */
function cut(text: string): { text: string; cut?: true } {
  const masked = maskSecrets(text.slice(0, 2 * longest));
  const isCut = text.length > 2 * longest || masked.length > longest;
  return { text: masked.slice(0, longest), ...(isCut ? { cut: true } : {}) };
}

function untilFrames(watch: Watch, seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      watch.waiting.delete(done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    watch.waiting.add(done);
    signal?.addEventListener("abort", done, { once: true });
    if (signal?.aborted) done();
  });
}
