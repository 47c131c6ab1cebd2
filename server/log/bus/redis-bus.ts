import { Redis } from "ioredis";
import type { Bus, BusMessage } from "./bus.ts";
import { Outbox, readPayload } from "./outbox.ts";

const channel = "parley:bus";

/** Redis PUBLISH, for installations with many nodes. ioredis reconnects by itself. */
export async function createRedisBus(options: {
  url: string;
  nodeId: string;
  onError(error: unknown): void;
}): Promise<Bus> {
  const out = new Redis(options.url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  const incoming = new Redis(options.url, { lazyConnect: true });
  for (const client of [out, incoming]) client.on("error", options.onError);
  await Promise.all([out.connect(), incoming.connect()]);
  await incoming.subscribe(channel);
  const listeners: ((message: BusMessage) => void)[] = [];
  incoming.on("message", (_channel: string, payload: string) => {
    try {
      for (const message of readPayload(payload, options.nodeId)) for (const listener of listeners) listener(message);
    } catch (error) {
      options.onError(error);
    }
  });
  const outbox = new Outbox(options.nodeId, async (payload) => {
    await out.publish(channel, payload).catch(options.onError);
  });
  return {
    publish: (message) => outbox.push(message),
    onMessage: (listener) => void listeners.push(listener),
    healthy: () => out.status === "ready" && incoming.status === "ready",
    close: async () => {
      out.disconnect();
      incoming.disconnect();
    },
  };
}
