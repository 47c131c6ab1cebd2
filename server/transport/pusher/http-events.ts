import { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import type { PusherApp } from "../../auth/pusher-app.ts";
import { DomainError } from "../../errors.ts";
import type { ChannelEvent } from "../../log/bus/bus.ts";
import { isReservedName } from "../../log-channels.ts";
import type { AppChannels } from "../../realtime/app-channels.ts";
import { attributesOf } from "./channel-attributes.ts";
import { channelKind, maxDataBytes, maxEventNameLength } from "./channel-name.ts";

/** A backend that has signed its call. */
export interface HttpCaller {
  app: PusherApp;
  tenantId: TenantId;
  channels: AppChannels;
}

const maxChannelsAnEvent = 100;
const maxBatch = 10;

const fields = {
  name: z.string().min(1).max(maxEventNameLength),
  data: z.string(),
  socket_id: z
    .string()
    .regex(/^\d+\.\d+$/)
    .nullish(),
  info: z.string().max(200).nullish(),
};

const eventSchema = z.object({
  ...fields,
  channel: z.string().nullish(),
  channels: z.array(z.string()).min(1).max(maxChannelsAnEvent).nullish(),
});

const batchSchema = z.object({
  batch: z.array(z.object({ ...fields, channel: z.string() })).max(maxBatch),
});

interface Event {
  name: string;
  data: string;
  channels: string[];
  except: string | undefined;
  info: string[];
}

/** One event to up to 100 channels. The answer is exactly `{}` when nothing was asked for. */
export async function triggerEvents(caller: HttpCaller, body: unknown): Promise<object> {
  const { channel, channels, ...said } = read(eventSchema, body);
  const names = channels ?? (channel ? [channel] : []);
  if (names.length === 0) throw new DomainError("invalid", { detail: "channels is missing" });
  const [info] = await say(caller, [toEvent(said, [...new Set(names)])]);
  return info ? { channels: info } : {};
}

/** Up to 10 events, in order; nothing is said when one of them cannot be. */
export async function triggerBatch(caller: HttpCaller, body: unknown): Promise<object> {
  const { batch } = read(batchSchema, body);
  const events = batch.map(({ channel, ...said }) => toEvent(said, [channel]));
  const infos = await say(caller, events);
  if (infos.every((info) => !info)) return {};
  return { batch: infos.map((info, i) => info?.[events[i]?.channels[0] ?? ""] ?? {}) };
}

function read<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError("invalid", { detail: `${issue?.path.join(".") || "body"}: ${issue?.message}` });
}

function toEvent(
  { name, data, socket_id, info }: { name: string; data: string; socket_id?: string | null; info?: string | null },
  channels: string[],
): Event {
  if (Buffer.byteLength(data) > maxDataBytes)
    throw new DomainError("too_large", { detail: `The data of an event has at most ${maxDataBytes} bytes` });
  for (const channel of channels) requirePublic(channel);
  if (channels.some(isCache) && `${name}${data}`.includes("\u0000"))
    throw new DomainError("invalid", { detail: "What a cache channel keeps must not contain NUL" });
  return { name, data, channels, except: socket_id ?? undefined, info: info ? info.split(",") : [] };
}

/** Throws `forbidden` for channels of the log, which nobody but the service publishes on, `invalid` for a name that none may have. */
export function requirePublic(channel: string): void {
  if (isReservedName(channel))
    throw new DomainError("forbidden", { detail: `${channel.slice(0, 200)} is reserved: it carries the tenant's log` });
  if (!channelKind(channel)) throw new DomainError("invalid", { detail: "A channel's name is not valid" });
}

function isCache(channel: string): boolean {
  return channelKind(channel)?.cache ?? false;
}

/** All that may fail comes before the first is said: a backend tries again what has failed, and it would be said twice. */
async function say(caller: HttpCaller, events: Event[]): Promise<(Record<string, object> | undefined)[]> {
  const infos: (Record<string, object> | undefined)[] = [];
  for (const event of events) infos.push(event.info.length > 0 ? await infoOf(caller, event) : undefined);
  const said: ChannelEvent[] = [];
  for (const { info, ...event } of events) said.push({ ...event, versions: await keep(caller, event) });
  for (const event of said) caller.channels.publish(caller.tenantId, event);
  return infos;
}

/** Under which version cache channels keep the event. */
async function keep(
  caller: HttpCaller,
  { channels, name, data }: Omit<Event, "info">,
): Promise<Record<string, number> | undefined> {
  const kept = channels.filter(isCache);
  if (kept.length > 0) return await caller.channels.directory.cache(caller.tenantId, kept, { event: name, data });
}

async function infoOf(caller: HttpCaller, { channels, info }: Event): Promise<Record<string, object>> {
  const found = await caller.channels.directory.look(caller.tenantId, channels);
  return Object.fromEntries(
    channels.map((channel) => {
      const { subscriptions = 0, members } = found.get(channel) ?? {};
      return [channel, attributesOf(caller.app, { channel, subscriptions, users: members?.size ?? 0 }, info)];
    }),
  );
}
