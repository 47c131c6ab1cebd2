import { z } from "zod";
import { webhookEvents } from "../../auth/pusher-app.ts";
import { isPlainWebAddress, text } from "../../schema.ts";

/** More than one tells of the same thing twice; ten are enough for every service of a house. */
export const maxWebhooks = 10;

export const webhookSchema = z.object({
  url: text(2000).refine(isPlainWebAddress, "must be an http or https address without a user in it"),
  events: z
    .array(z.enum(webhookEvents))
    .min(1)
    .overwrite((list) => [...new Set(list)]),
});

export const webhookList = z.array(webhookSchema).max(maxWebhooks);

export const appFields = {
  enabled: z.boolean().describe("Off: connections are closed and calls refused"),
  clientEvents: z.boolean().describe("Whether pages may send client events to each other"),
  subscriptionCounts: z.boolean().describe("Whether channels tell how many listen"),
  webhooks: webhookList,
  batchWebhooks: z.boolean().describe("Several events in one request to a webhook"),
};

export const pusherAppSchema = z
  .object({
    appId: z.string().describe("Decimal digits"),
    key: z.string().describe("Public: pages carry it"),
    secret: z.string().describe("For backends only"),
    ...appFields,
    createdAt: z.string(),
  })
  .meta({ id: "PusherApp" });

export type PusherAppAnswer = z.infer<typeof pusherAppSchema>;
export type AppChoices = Partial<Omit<PusherAppAnswer, "appId" | "key" | "secret" | "createdAt">>;

/** `channel_name` and `socket_id` as stock clients send them. */
export const socketId = z
  .string()
  .max(64)
  .regex(/^\d+\.\d+$/, "must be two numbers with a dot between them");
