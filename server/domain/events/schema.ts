import { z } from "zod";
import { eventTypes } from "../../events.ts";

export const eventType = z.enum(Object.keys(eventTypes) as [keyof typeof eventTypes, ...(keyof typeof eventTypes)[]]);

export const envelopeSchema = z
  .object({
    eventId: z.string().describe("Send it back as after, since or Last-Event-ID to go on from here"),
    type: eventType,
    tenantId: z.string(),
    at: z.string(),
    chatId: z.string().optional(),
    seq: z.number().int().optional().describe("On message.* only"),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Event" });
