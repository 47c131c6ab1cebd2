import { z } from "zod";

export const inspectedFrameSchema = z
  .object({
    at: z.string(),
    kind: z
      .enum(["connect", "identify", "in", "out", "disconnect", "skipped"])
      .describe("in: from the client; identify: a connection became a user's; skipped: more than are shown"),
    protocol: z.enum(["signalr", "pusher", "trpc", "sse"]).optional(),
    connectionId: z.string().optional(),
    userId: z.string().optional(),
    bytes: z.number().int().optional(),
    text: z.string().optional().describe("Secrets are masked; MessagePack is shown as JSON"),
    cut: z.boolean().optional().describe("It is longer than what is shown"),
    count: z.number().int().optional().describe("Of skipped: how many"),
  })
  .meta({ id: "InspectedFrame" });
