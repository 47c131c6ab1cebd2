import { Redis } from "ioredis";
import { StartError } from "../../config/start-error.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { Inbox, Outbox } from "./outbox.ts";

const channel = "parley:bus";
/** A command that waits longer for its answer means a connection that nobody is at the other end of. */
const patienceMs = 10_000;

interface Options {
  url: string;
  nodeId: string;
  onError(error: unknown): void;
  /** Ten seconds unless told. */
  patienceMs?: number;
}

/**
 * Redis PUBLISH, for installations with many nodes. ioredis reconnects by itself, also when a connection answers no more: each is asked
 * something all the time, as the one that only listens would never know.
 * @throws StartError when Redis does not answer at the start.
 */
export async function createRedisBus({ url, nodeId, onError, ...options }: Options): Promise<Bus> {
  const socketTimeout = options.patienceMs ?? patienceMs; // of no quiet connection, but of one that a command waits on
  const out = new Redis(url, { lazyConnect: true, socketTimeout, maxRetriesPerRequest: 1 });
  const incoming = new Redis(url, { lazyConnect: true, socketTimeout });
  await open(url, out, incoming);
  const beat = setInterval(() => {
    for (const client of [out, incoming]) if (client.status === "ready") client.ping().catch(ignore); // a loss is reported
  }, socketTimeout / 2);
  for (const client of [out, incoming]) client.on("error", onError);
  const inbox = new Inbox(nodeId);
  const listeners: ((message: BusMessage) => void)[] = [];
  incoming.on("message", (_channel: string, payload: string) => {
    try {
      for (const message of inbox.read(payload)) for (const listener of listeners) listener(message);
    } catch (error) {
      onError(error);
    }
  });
  const outbox = new Outbox(nodeId, async (payload) => {
    await out.publish(channel, payload).catch(onError);
  });
  return {
    publish: (message) => outbox.push(message),
    onMessage: (listener) => void listeners.push(listener),
    healthy: () => out.status === "ready" && incoming.status === "ready",
    close: async () => {
      clearInterval(beat);
      out.disconnect();
      incoming.disconnect();
    },
  };
}

async function open(url: string, out: Redis, incoming: Redis): Promise<void> {
  let reason: Error | undefined;
  const note = (error: Error) => {
    reason = error;
  };
  for (const client of [out, incoming]) client.on("error", note);
  try {
    await Promise.all([out.connect(), incoming.connect()]);
    await incoming.subscribe(channel);
  } catch (error) {
    for (const client of [out, incoming]) client.disconnect();
    const text = reason?.message ?? (error as Error).message; // the address may hold a password
    throw new StartError(`No connection to Redis at ${new URL(url).host}: ${text}`, { cause: error });
  }
  for (const client of [out, incoming]) client.off("error", note);
}

function ignore(): void {}
