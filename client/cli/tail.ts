import { hubWords } from "../hub-words.ts";
import type { LiveEvent } from "../types.ts";
import { takeCount, takeList, UsageError } from "./arguments.ts";
import type { Output } from "./output.ts";
import type { Command } from "./run-command.ts";
import { tailEvents } from "./tail-events.ts";
import type { Tail } from "./tail-place.ts";
import { tailPusher } from "./tail-pusher.ts";
import { tailSignalr } from "./tail-signalr.ts";
import { tailTrpc } from "./tail-trpc.ts";

const protocols: Record<string, (tail: Tail) => Promise<void>> = {
  events: tailEvents,
  signalr: tailSignalr,
  pusher: tailPusher,
  trpc: tailTrpc,
};

export async function tail({ service, out, positionals, values }: Command): Promise<void> {
  if (positionals.length > 0) throw new UsageError("parley tail takes options only");
  const { protocol = "events", after, chat: chatId } = values;
  const read = protocols[protocol];
  if (!read) throw new UsageError(`--protocol is one of ${Object.keys(protocols).join(", ")}`);
  const limit = takeCount(values.limit, "limit") ?? Number.POSITIVE_INFINITY;
  const kinds = takeKinds(values.kinds);
  const ends = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ends.abort());
  let shown = 0;
  const onEvent = (event: LiveEvent) => {
    const isAsked = (!kinds || kinds.includes(event.type)) && (!chatId || event.chatId === chatId);
    if (!isAsked || shown >= limit) return;
    show(out, event);
    if (++shown >= limit) ends.abort();
  };
  const onResync = (eventId: string) => {
    out.say({ type: "resync", eventId }, "── some events are not kept any more: what follows is from now on ──");
  };
  await read({ service, after, kinds, chatId, signal: ends.signal, onEvent, onResync });
}

/** A word that is no type would be waited for in vain. */
function takeKinds(value: string | undefined): string[] | undefined {
  const kinds = takeList(value);
  const known: string[] = Object.values(hubWords);
  const strange = kinds?.find((kind) => !known.includes(kind));
  if (strange !== undefined) throw new UsageError(`--kinds are among ${known.join(", ")}, not ${strange}`);
  return kinds;
}

function show(out: Output, event: LiveEvent): void {
  const { type, chatId, seq, data } = event;
  const { content, senderId, userId, subject, name } = data as Record<string, string | undefined>;
  const said = [
    (type as string).padEnd(20),
    chatId ? `chat ${chatId}` : "",
    seq === undefined ? "" : `#${seq}`,
    senderId ?? userId ?? "",
    content ?? subject ?? name ?? "",
  ];
  out.say(event, said.filter(Boolean).join("  "));
}
