import type { Pool, QueryConfig } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { ChannelChange } from "../log/bus/bus.ts";
import { isDeadlock } from "../persistence/faults.ts";

// Hand-written SQL: each is a function that sets the tenant and does all of its work in one round trip, because subscribing waits for it.

/** What a node says of its part of a channel. */
export interface ChannelInput {
  /** The channel. */
  c: string;
  /** How many of the node's connections listen. */
  n: number;
  m: { u: string; i: string | null; here: boolean; held: boolean; said: boolean; most: number | null }[];
}

export interface ChangedChannel extends ChannelChange {
  /** Users for whom there was no room. */
  refused: string[];
}

interface ChangeRow {
  channel: string;
  subscriptions: number;
  before: number;
  version: number;
  added: { u: string; i: string | null }[];
  removed: string[];
  refused: string[];
}

/** Writes what a node holds of channels; says what that changed over all nodes. */
export async function changeChannels(
  pool: Pool,
  tenantId: TenantId,
  nodeId: string,
  input: ChannelInput[],
): Promise<ChangedChannel[]> {
  return change(pool, {
    name: "change_channels_v2",
    text: "select * from change_channels_v2($1, $2, $3)",
    values: [tenantId, nodeId, JSON.stringify(input)],
  });
}

/** Takes out what nodes hold that no longer answer; says what that changed. */
export async function dropDeadChannels(pool: Pool, tenantId: TenantId): Promise<ChangedChannel[]> {
  return change(pool, {
    name: "drop_dead_channels_v1",
    text: "select * from drop_dead_channels_v1($1)",
    values: [tenantId],
  });
}

/** The same of the channels named alone. */
export async function dropDeadOf(pool: Pool, tenantId: TenantId, names: string[]): Promise<ChangedChannel[]> {
  return change(pool, {
    name: "drop_dead_of_channels_v1",
    text: "select * from drop_dead_of_channels_v1($1, $2)",
    values: [tenantId, names],
  });
}

/** Pages are cut off when it fails: one that met others in the wrong order, of which nothing is stored, is repeated. */
async function change(pool: Pool, statement: QueryConfig, attempts = 5): Promise<ChangedChannel[]> {
  try {
    const { rows } = await pool.query<ChangeRow>(statement);
    return rows.map(toChange);
  } catch (error) {
    if (attempts <= 1 || !isDeadlock(error)) throw error;
    return change(pool, statement, attempts - 1);
  }
}

export interface FoundRoster {
  channel: string;
  version: number;
  subscriptions: number;
  /** User → info */
  members: Map<string, string | null>;
}

/** The members of those channels that are not of the version known; without one, of all. */
export async function findRosters(
  pool: Pool,
  tenantId: TenantId,
  known: { channel: string; version?: number }[],
): Promise<FoundRoster[]> {
  const { rows } = await pool.query<{
    channel: string;
    version: number;
    subscriptions: number;
    members: { u: string; i: string | null }[];
  }>({
    name: "channel_rosters_v1",
    text: "select * from channel_rosters_v1($1, $2)",
    values: [tenantId, JSON.stringify(known.map(({ channel, version }) => ({ c: channel, v: version })))],
  });
  return rows.map(({ members, ...row }) => ({ ...row, members: new Map(members.map(({ u, i }) => [u, i])) }));
}

export interface ListedChannel {
  channel: string;
  subscriptions: number;
  users: number;
}

/** Channels that somebody listens to, by the beginning of their names. */
export async function listChannels(
  pool: Pool,
  tenantId: TenantId,
  prefix: string,
  limit: number,
): Promise<ListedChannel[]> {
  const { rows } = await pool.query<ListedChannel>("select * from list_channels_v1($1, $2, $3)", [
    tenantId,
    prefix,
    limit,
  ]);
  return rows;
}

export interface CachedEvent {
  event: string;
  data: string;
  /** Seconds */
  ttl: number;
  /** Of a channel's events a later one has a higher one. */
  version: number;
}

/** Keeps the last event of cache channels; gives the version that it has in each. */
export async function putCachedEvent(
  pool: Pool,
  tenantId: TenantId,
  channels: string[],
  { event, data }: { event: string; data: string },
): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ channel: string; version: number }>({
    name: "put_channel_cache_v2",
    text: "select channel, version from put_channel_cache_v2($1, $2, $3, $4)",
    values: [tenantId, channels, event, data],
  });
  return Object.fromEntries(rows.map(({ channel, version }) => [channel, version]));
}

/** @param kept for how long events are kept, in seconds */
export async function findCachedEvent(
  pool: Pool,
  tenantId: TenantId,
  channel: string,
  kept: number,
): Promise<CachedEvent | undefined> {
  const { rows } = await pool.query<CachedEvent>({
    name: "channel_cache_v2",
    text: "select * from channel_cache_v2($1, $2, make_interval(secs => $3))",
    values: [tenantId, channel, kept],
  });
  return rows[0];
}

export interface ChannelNotice {
  name: string;
  channel: string;
  userId?: string | undefined;
  body: Record<string, unknown>;
}

/** Notes what webhooks are to be told; false when none of them wants it. */
export async function addChannelNotices(pool: Pool, tenantId: TenantId, notices: ChannelNotice[]): Promise<boolean> {
  const input = notices.map(({ name, channel, userId, body }) => ({ n: name, c: channel, u: userId, b: body }));
  const { rows } = await pool.query<{ noted: boolean }>("select add_channel_notices_v1($1, $2) as noted", [
    tenantId,
    JSON.stringify(input),
  ]);
  return rows[0]?.noted ?? false;
}

export interface ChatMember {
  userId: string;
  displayName: string | null;
}

/** Members of a chat who are connected anywhere; of some users, or of all. */
export async function findChatPresence(
  pool: Pool,
  tenantId: TenantId,
  chatId: string,
  userIds?: string[],
): Promise<ChatMember[]> {
  const { rows } = await pool.query<{ user_id: string; display_name: string | null }>({
    name: "chat_presence_v1",
    text: "select user_id, display_name from chat_presence_v1($1, $2, $3)",
    values: [tenantId, chatId, userIds ?? null],
  });
  return rows.map((row) => ({ userId: row.user_id, displayName: row.display_name }));
}

function toChange({ added, ...row }: ChangeRow): ChangedChannel {
  return { ...row, added: added.map(({ u, i }) => ({ userId: u, info: i })) };
}
