import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { LogEvent } from "../../events.ts";
import type { Database } from "../../persistence/database.ts";
import type { Flushed, LaneKind } from "../../persistence/lane.ts";
import { present, toMoment } from "../../persistence/present.ts";
import { limits } from "../../schema.ts";
import type { StoredNotification } from "./schema.ts";
import { loadNotifications } from "./store.ts";

/** What a notification says, as a row holds it. */
export interface Content {
  type: string;
  subject: string;
  message: string;
  mailText?: string | undefined;
  htmlContent?: string | undefined;
  summary?: string | undefined;
  /** 0 to 3 */
  priority: number;
  metadata?: Record<string, unknown> | undefined;
  template?: { name: string; version: number } | undefined;
  chatId?: string | undefined;
  expiresAt?: string | undefined;
}

interface Key {
  key: string;
  scope: string;
  bodyHash: string;
}

export interface Creation {
  id: string;
  userId: string;
  content: Content;
  email?: string | undefined;
  scheduledFor?: string | undefined;
  scheduledLocal?: string | undefined;
  /** By which scheduledLocal was counted. */
  zone?: string | undefined;
  /** Archived and read from the start: its owner does not want the type in the inbox. */
  filed?: boolean;
  key?: Key | undefined;
  /** ms since 1970; Postgres' clock without. */
  now?: number | undefined;
}

export interface Created {
  notification: StoredNotification;
  replayed: boolean;
}

/** Moved: nothing was done, as its user's clock is another by now than the one that its time was counted by. */
export type Stored = Created | "moved";

interface MadeRow {
  ord: number;
  outcome: "ok" | "replay" | "conflict";
  pos: number | null;
  payload: StoredNotification;
  at: Date;
}

type CreatedRow = MadeRow | { ord: number; outcome: "moved" };

// Hand-written SQL: notification, event and due time in one statement, a lane's worth of them in one commit.
const createKind: LaneKind<Creation, Stored> = {
  name: "notifications.create",
  size: ({ content }) => content.message.length + (content.htmlContent?.length ?? 0) + 1500,
  async flush(client, tenantId, creations): Promise<Flushed<Stored>> {
    const input = creations.map((c, index) => ({
      i: c.id,
      u: c.userId,
      c: index,
      s: c.scheduledFor,
      l: c.scheduledLocal,
      f: c.filed,
      e: c.email,
      k: c.key?.key,
      o: c.key?.scope,
      x: c.key?.bodyHash,
    }));
    const contents = creations.map((c) => c.content);
    const values = [tenantId, JSON.stringify(input), JSON.stringify(contents), latest(creations)];
    const zones = creations.map(({ zone }) => zone ?? null);
    const local = zones.some((zone) => zone !== null); // else nobody's clock is looked at
    const { rows } = await client.query<CreatedRow>({
      name: local ? "create_local_notifications_v1" : "create_notifications_v1",
      text: `select ord, outcome, pos, payload, at
        from ${local ? "create_local_notifications_v1" : "create_notifications_v1"}($1, $2, $3, ${present(4)}${local ? ", $5" : ""})`,
      values: local ? [...values, zones] : values,
    });
    return toCreated(tenantId, creations, rows);
  },
  async settle(pool, tenantId, creations) {
    const stored = await loadNotifications(
      pool,
      tenantId,
      creations.map(({ id }) => id),
    );
    return creations.map(({ id }) => {
      const notification = stored.get(id);
      return notification && { notification, replayed: false };
    });
  },
};

/** What is in a node's lanes under a key: nobody sees it in the database before its commit. */
const storing = new WeakMap<Database, Map<string, Promise<unknown>>>();

/** Stores a notification in its tenant's lane. Throws idempotency_reused, unavailable, outcome-unknown. */
export function createNotification(db: Database, tenantId: TenantId, creation: Creation): Promise<Stored> {
  const stored = db.lanes.submit(createKind, tenantId, creation);
  if (creation.key) noteStoring(db, nameOf(tenantId, creation.key), stored);
  return stored;
}

/** Resolves when what this node stores under a key is stored, or was refused. */
export async function untilStored(db: Database, tenantId: TenantId, key: Key): Promise<void> {
  await storing.get(db)?.get(nameOf(tenantId, key));
}

function noteStoring(db: Database, name: string, stored: Promise<unknown>): void {
  const underway = storing.get(db) ?? new Map<string, Promise<unknown>>();
  storing.set(db, underway);
  // All that are under way under the name: a later one may be refused before the first is stored.
  const settled = Promise.allSettled([underway.get(name), stored]).then(() => {
    if (underway.get(name) === settled) underway.delete(name);
  });
  underway.set(name, settled);
}

function nameOf(tenantId: TenantId, { scope, key }: Key): string {
  return JSON.stringify([tenantId, scope, key]);
}

function toCreated(tenantId: TenantId, creations: Creation[], rows: CreatedRow[]): Flushed<Stored> {
  const events: LogEvent[] = [];
  const results: (Stored | DomainError)[] = creations.map(
    () =>
      new DomainError("unavailable", { retryAfter: 1, internal: "an input lost its key to a twin that was refused" }),
  );
  for (const row of rows) {
    if (row.outcome === "moved") {
      results[row.ord - 1] = "moved";
      continue;
    }
    const { ord, outcome, pos, payload, at } = row;
    if (outcome === "conflict") results[ord - 1] = new DomainError("idempotency_reused");
    else results[ord - 1] = { notification: payload, replayed: outcome === "replay" };
    if (pos !== null) {
      const filed = creations[ord - 1]?.filed ?? false;
      events.push(toCreatedEvent(tenantId, { pos, payload, at, filed }));
    }
  }
  return { results, events: events.sort((a, b) => a.position - b.position) };
}

/** The event of a notification that appeared. */
export function toCreatedEvent(
  tenantId: TenantId,
  row: { pos: number; payload: StoredNotification; at: Date; filed: boolean },
): LogEvent {
  return {
    tenantId,
    position: row.pos,
    type: row.filed ? "notification.updated" : "notification.created",
    userId: row.payload.userId,
    payload: { ...row.payload },
    at: row.at.toISOString(),
    ...(row.filed ? { internal: { filed: true } } : {}),
  };
}

export interface Change {
  operation: "read" | "unread" | "seen" | "archive" | "unarchive" | "snooze" | "delete";
  /** Whose; nobody named is anybody's, for Admins and keys. */
  userId?: string | undefined;
  /** Without them all that are unread (`read`) or unseen (`seen`), at most 500. */
  ids?: string[] | undefined;
  /** Of all, only those of a type. */
  type?: string | undefined;
  /** Of all, only those that came before a place in the log. */
  before?: number | undefined;
  /** Of all, only what was not away at a time, and has not come back since. */
  asOf?: string | undefined;
  /** Of a snooze; without it the notification comes back now. */
  until?: string | undefined;
  clientHash?: string | undefined;
  /** ms since 1970; Postgres' clock without. */
  now?: number | undefined;
}

export interface Changed {
  /** Those that there are, as they are now. */
  found: StoredNotification[];
  /** How many were not so before. */
  changed: number;
  /** Where in the log the change begins: what came later was not looked at. Undefined when nothing changed. */
  at?: number | undefined;
}

interface ChangedRow {
  ord: number;
  pos: number | null;
  payload: StoredNotification;
  user_id: string;
  at: Date;
}

// Hand-written SQL: "mark all read" of guide code is one call an item, all at once; they share one statement and one commit.
const changeKind: LaneKind<Change, Changed> = {
  name: "notifications.change",
  // A change of many stands alone in its batch, so that no commit holds the head for longer than a step of events takes.
  size: ({ ids }) => (ids && ids.length < 10 ? 2000 : 1024 * 1024),
  async flush(client, tenantId, changes): Promise<Flushed<Changed>> {
    const input = changes.map((c) => ({
      o: c.operation,
      u: c.userId,
      d: c.ids,
      y: c.type,
      b: c.before,
      s: c.asOf,
      w: c.until,
      h: c.clientHash,
      m: limits.notificationsPerCall,
    }));
    const { rows } = await client.query<ChangedRow>({
      name: "change_notifications_v3",
      text: `select ord, pos, payload, user_id, at from change_notifications_v3($1, $2, ${present(3)})`,
      values: [tenantId, JSON.stringify(input), latest(changes)],
    });
    return toChanged(tenantId, changes, rows);
  },
};

/** Changes what somebody's notifications say of themselves, in the tenant's lane. Throws unavailable, outcome-unknown. */
export function changeNotifications(db: Database, tenantId: TenantId, change: Change): Promise<Changed> {
  return db.lanes.submit(changeKind, tenantId, change);
}

function toChanged(tenantId: TenantId, changes: Change[], rows: ChangedRow[]): Flushed<Changed> {
  const events: LogEvent[] = [];
  const results = changes.map(() => ({ found: new Map<string, StoredNotification>(), places: [] as number[] }));
  for (const { ord, pos, payload, user_id, at } of rows) {
    const result = results[ord - 1];
    const change = changes[ord - 1];
    if (!result || !change || result.found.has(payload.id)) continue; // what changed is found once more as it is now
    result.found.set(payload.id, payload);
    if (pos === null) continue;
    result.places.push(pos);
    events.push({
      tenantId,
      position: pos,
      type: change.operation === "delete" ? "notification.deleted" : "notification.updated",
      userId: user_id,
      payload: change.operation === "delete" ? { ...payload } : withoutHtml(payload),
      at: at.toISOString(),
      ...(change.clientHash ? { clientHash: change.clientHash } : {}),
    });
  }
  return {
    results: results.map(({ found, places }) => ({
      found: [...found.values()],
      changed: places.length,
      at: places.length > 0 ? Math.min(...places) : undefined,
    })),
    events: events.sort((a, b) => a.position - b.position),
  };
}

/** It never changes, and would be the most of what the log keeps of a click. */
function withoutHtml({ htmlContent: _, ...rest }: StoredNotification): Record<string, unknown> {
  return rest;
}

function latest(inputs: { now?: number | undefined }[]): Date | null {
  const times = inputs.flatMap(({ now }) => now ?? []);
  return toMoment(times.length > 0 ? Math.max(...times) : undefined);
}
