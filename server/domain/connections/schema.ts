import { z } from "zod";
import type { Connection as ConnectionRow } from "../../persistence/generated/client.ts";

export const protocols = z.enum(["signalr", "pusher", "trpc", "sse"]);

export const connectionSchema = z
  .object({
    connectionId: z.string(),
    caller: z
      .enum(["user", "key", "operator", "visitor"])
      .describe("Whose it is; visitors have only shown a Pusher key"),
    userId: z.string().optional(),
    protocol: protocols,
    transport: z.enum(["websocket", "sse", "long-polling"]),
    client: z.string().optional().describe("What the client says of itself: its library and version, or its browser"),
    subscriptions: z.number().int().optional().describe("Channels it listens to, of Pusher clients; at most 5 s old"),
    queuedBytes: z
      .number()
      .int()
      .optional()
      .describe("What it has not read, where that is more than 64 KiB; at most 5 s old"),
    node: z.string().describe("The process that holds it"),
    openedAt: z.string(),
    ending: z.boolean().describe("Somebody has asked for its end, and its node has yet to see to it"),
  })
  .meta({ id: "Connection" });

export function presentConnection(row: ConnectionRow): z.input<typeof connectionSchema> {
  const { id, nodeId, userId, client, subscriptions, queuedBytes, openedAt, ending } = row;
  return {
    connectionId: id,
    caller: row.caller as z.input<typeof connectionSchema>["caller"],
    ...(userId === null ? {} : { userId }),
    protocol: row.protocol as z.input<typeof protocols>,
    transport: row.transport as z.input<typeof connectionSchema>["transport"],
    ...(client === null ? {} : { client }),
    ...(subscriptions === null ? {} : { subscriptions }),
    ...(queuedBytes === null ? {} : { queuedBytes }),
    node: nodeId,
    openedAt: openedAt.toISOString(),
    ending,
  };
}
