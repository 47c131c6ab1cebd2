import type { ReservedName } from "../../log-channels.ts";
import { isRelieved } from "../../realtime/connection.ts";
import type { Outgoing } from "../../realtime/subscription.ts";
import { logFrame, toFrame } from "./frames.ts";
import type { PusherConnection } from "./pusher-connection.ts";

/** A channel of the log as a connection listens to it. */
export interface LogChannel {
  name: ReservedName;
  /** Live events that wait for what was missed before them; undefined once the channel is live. */
  waiting: Outgoing[] | undefined;
  /** The last position that its replay has brought: the node's tail may come to it later than the replay did. */
  replayedTo: number;
  /** The user was taken out while it was catching up. */
  over?: boolean;
}

/** More live events than this are not kept while a channel catches up: they are read from the log with the rest. */
const maxWaiting = 1000;

/** Keeps a live event for a channel that catches up; one too many only says that the log is to be read once more. */
export function keepWaiting(waiting: Outgoing[], outgoing: Outgoing): void {
  if (waiting.length <= maxWaiting) waiting.push(outgoing);
}

/**
 * Brings a channel from where its client left off to the present: all of what was missed, or the word that it has to reload; then the
 * live events that came meanwhile. Own sends are left out of the live ones only.
 */
export async function catchUp(
  connection: PusherConnection,
  { channel, log, since }: { channel: string; log: LogChannel; since: string },
): Promise<void> {
  const { host, tenantId, logs, principal } = connection;
  const chatId = log.name.kind === "chat" ? log.name.id : undefined;
  for (let from = since; ; ) {
    const end = await host.realtime.replay({
      tenantId,
      userId: principal.userId ?? "",
      chatId,
      since: from,
      deliver: (outgoing) => {
        if (logs.isCurrent(channel, log)) connection.write(logFrame(channel, outgoing));
      },
      room: () => hasRoom(connection),
    });
    if (!logs.isCurrent(channel, log)) return;
    const { position, eventId, resync } = end;
    if (resync) connection.write(toFrame({ event: "parley:resync", channel, data: { reason: resync, eventId } }));
    if ((log.waiting?.length ?? 0) <= maxWaiting) {
      if (!resync) connection.write(toFrame({ event: "parley:position", channel, data: { eventId } }));
      return goLive(connection, { channel, log, position });
    }
    log.waiting = [];
    from = eventId;
  }
}

function goLive(
  connection: PusherConnection,
  { channel, log, position }: { channel: string; log: LogChannel; position: number },
): void {
  const waiting = log.waiting ?? [];
  log.waiting = undefined;
  log.replayedTo = position;
  for (const outgoing of waiting) connection.logs.offer(channel, outgoing);
  if (log.over) connection.logs.drop(channel);
}

/** Waits until the peer has read enough. False when it is gone, or was sent away because it does not read. */
async function hasRoom(connection: PusherConnection): Promise<boolean> {
  if (!(await isRelieved(connection.writer.pressure()))) connection.disconnect("slow_consumer");
  return !connection.ended;
}
