import { DomainError } from "../../errors.ts";
import { attributesOf } from "./channel-attributes.ts";
import { channelKind, signedInChannel } from "./channel-name.ts";
import { type HttpCaller, requirePublic } from "./http-events.ts";

/** More occupied channels than this are not listed: narrow them down by their prefix. */
const maxListed = 10_000;

const attributes = ["user_count", "subscription_count", "cache"];

/** Occupied channels. */
export async function listChannels({ app, tenantId, channels }: HttpCaller, query: URLSearchParams): Promise<object> {
  const prefix = query.get("filter_by_prefix") ?? "";
  if (prefix.includes("\u0000")) throw misfit("filter_by_prefix is no beginning of a channel's name");
  const info = readInfo(query);
  if (info.includes("user_count") && !prefix.startsWith("presence-"))
    throw misfit("user_count is for channels with the prefix presence-: filter by it");
  const listed = await channels.directory.list(tenantId, prefix, maxListed);
  return { channels: Object.fromEntries(listed.map((channel) => [channel.channel, attributesOf(app, channel, info)])) };
}

/** One channel, occupied or not. */
export async function getChannel(
  { app, tenantId, channels }: HttpCaller,
  channel: string,
  query: URLSearchParams,
): Promise<object> {
  requirePublic(channel);
  const info = readInfo(query);
  const kind = channelKind(channel);
  if (info.includes("user_count") && kind?.access !== "presence") throw misfit("user_count is for presence channels");
  if (info.includes("subscription_count") && !app.subscriptionCounts)
    throw misfit("Subscription counts are not enabled for this app");
  if (info.includes("cache") && !kind?.cache) throw misfit("cache is for cache channels");
  const found = (await channels.directory.look(tenantId, [channel])).get(channel);
  const { subscriptions = 0, members } = found ?? {};
  return {
    occupied: subscriptions > 0,
    ...attributesOf(app, { channel, subscriptions, users: members?.size ?? 0 }, info),
    ...(info.includes("cache") ? { cache: await cacheOf(channels, tenantId, channel) } : {}),
  };
}

/** Who is in a presence channel. */
export async function listUsers({ tenantId, channels }: HttpCaller, channel: string): Promise<object> {
  requirePublic(channel);
  if (channelKind(channel)?.access !== "presence") throw misfit("Only presence channels have users");
  const found = (await channels.directory.look(tenantId, [channel])).get(channel);
  return { users: [...(found?.members.keys() ?? [])].map((id) => ({ id })) };
}

/** Closes the connections that are signed in as a user, on all nodes. Those of this node are counted nowhere when it answers. */
export async function terminateConnections({ tenantId, channels }: HttpCaller, userId: string): Promise<object> {
  channels.publish(tenantId, { channels: [signedInChannel(userId)], name: "terminate", data: null });
  await channels.catchUp(tenantId);
  return {};
}

async function cacheOf(channels: HttpCaller["channels"], tenantId: HttpCaller["tenantId"], channel: string) {
  const cached = await channels.directory.cached(tenantId, channel);
  return cached ? { data: cached.data, ttl: cached.ttl } : null;
}

function readInfo(query: URLSearchParams): string[] {
  const info = (query.get("info") ?? "").split(",").filter(Boolean);
  const unknown = info.find((name) => !attributes.includes(name));
  if (unknown !== undefined) throw misfit(`There is no attribute ${unknown.slice(0, 50)}`);
  return info;
}

function misfit(detail: string): DomainError {
  return new DomainError("invalid", { detail });
}
