import { z } from "zod";

export const presenceSchema = z
  .object({
    userId: z.string(),
    state: z.enum(["online", "away", "offline"]),
    lastSeen: z.string().nullable().describe("When the last connection ended"),
  })
  .meta({ id: "Presence" });
