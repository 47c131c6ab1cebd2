import type { TenantId } from "../auth/principal.ts";
import type { Database } from "../persistence/database.ts";
import { type ConnectionChange, findEnding, putConnections } from "./connection-store.ts";
import { type Connections, isClient } from "./connections.ts";
import type { LiveConnection } from "./live-connection.ts";

/** Rows a statement. */
const portion = 500;
/** What somebody has not read is worth telling from here on, in bytes: less is on its way. */
const worthTelling = 64 * 1024;
/** After a write that failed, in ms. */
const pauseAfterFailure = 1000;

interface Options {
  db: Database;
  nodeId: string;
  connections: Connections;
  onError(error: unknown): void;
}

/**
 * This node's part of the list of all clients' connections (a console that looks on is none), which is in Postgres so that all nodes show
 * the same. Written in batches; what opens and closes within one is never in it.
 */
export class ConnectionList {
  private dirty = new Map<TenantId, Map<string, LiveConnection | "gone">>();
  /** What was last written of the facts that move. */
  private readonly shown = new WeakMap<LiveConnection, string>();
  private flushing: Promise<void> | undefined;
  /** By performance.now(), which nobody sets back. */
  private pausedUntil = 0;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  opened(connection: LiveConnection): void {
    if (!isClient(connection)) return;
    this.mark(connection.principal.tenantId, connection.id, connection);
  }

  closed(connection: LiveConnection): void {
    if (!isClient(connection)) return;
    const { id, principal } = connection;
    const unwritten = this.dirty.get(principal.tenantId);
    if (unwritten?.get(id) === connection && !this.shown.has(connection)) unwritten.delete(id);
    else this.mark(principal.tenantId, id, "gone");
  }

  /**
   * What has changed of those that are open is to be written.
   * @param lapsed the others may have taken this node for dead and its connections out: all are written anew
   */
  refresh(lapsed: boolean): void {
    for (const connection of this.options.connections.all())
      if (lapsed || this.shown.get(connection) !== movingFacts(connection)) this.opened(connection);
  }

  /** Closes a connection for good, if it is one of this node. */
  end(tenantId: TenantId, id: string): boolean {
    const connection = this.options.connections.find(tenantId, id);
    connection?.disconnect("terminated");
    return connection !== undefined;
  }

  /** Resolves when all changes of before the call are written, or failed and waiting for their next time. */
  async flush(): Promise<void> {
    await this.flushing;
    if (this.dirty.size === 0 || performance.now() < this.pausedUntil) return;
    this.flushing ??= this.write().finally(() => {
      this.flushing = undefined;
    });
    await this.flushing;
  }

  /** Closes what somebody wants closed and this node was not told of. */
  async closeEnding(tenantId: TenantId): Promise<void> {
    const { db, nodeId } = this.options;
    for (const id of await findEnding(db.pool, tenantId, nodeId))
      if (!this.end(tenantId, id)) this.mark(tenantId, id, "gone");
  }

  private mark(tenantId: TenantId, id: string, what: LiveConnection | "gone"): void {
    const ours = this.dirty.get(tenantId) ?? new Map<string, LiveConnection | "gone">();
    ours.set(id, what);
    this.dirty.set(tenantId, ours);
  }

  private async write(): Promise<void> {
    const dirty = this.dirty;
    this.dirty = new Map();
    for (const [tenantId, changes] of dirty) {
      const all = [...changes];
      for (let at = 0; at < all.length; at += portion) await this.writeSome(tenantId, all.slice(at, at + portion));
    }
  }

  private async writeSome(tenantId: TenantId, changes: [string, LiveConnection | "gone"][]): Promise<void> {
    const { db, nodeId, onError } = this.options;
    try {
      await putConnections(
        db.pool,
        tenantId,
        nodeId,
        changes.map(([id, what]) => this.changeOf(id, what)),
      );
    } catch (error) {
      onError(error);
      this.pausedUntil = performance.now() + pauseAfterFailure;
      for (const [id, what] of changes) if (!this.dirty.get(tenantId)?.has(id)) this.mark(tenantId, id, what);
    }
  }

  private changeOf(id: string, what: LiveConnection | "gone"): ConnectionChange {
    if (what === "gone") return { i: id, g: true };
    this.shown.set(what, movingFacts(what));
    const { principal, protocol, openedAt } = what;
    const { transport, client, subscriptions } = what.facts();
    const { kind: k, userId: u } = principal;
    return { i: id, k, u, p: protocol, w: transport, c: client, s: subscriptions, q: queueOf(what), o: openedAt };
  }
}

/** What is unread, when it is much. */
function queueOf(connection: LiveConnection): number | undefined {
  const { queuedBytes = 0 } = connection.facts();
  return queuedBytes < worthTelling ? undefined : queuedBytes;
}

function movingFacts(connection: LiveConnection): string {
  return `${connection.principal.userId} ${connection.facts().subscriptions} ${queueOf(connection)}`;
}
