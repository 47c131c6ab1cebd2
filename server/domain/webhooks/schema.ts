import { z } from "zod";
import type {
  WebhookDelivery as DeliveryRow,
  WebhookEndpoint as EndpointRow,
  WebhookAttempt,
} from "../../persistence/generated/client.ts";
import { entityId, instant, isPlainWebAddress, text } from "../../schema.ts";
import { eventType } from "../events/schema.ts";

/** Each of them gets every event that it asks for, so there are few. */
export const maxWebhooks = 50;

export const webhookStates = ["active", "paused", "disabled"] as const;
export type WebhookState = (typeof webhookStates)[number];

/** What an endpoint can be sent: events, and a ping to try it. */
export const deliveryType = z.enum([...eventType.options, "ping"]);

/** Status → what it tells whoever asks what became of an event. */
export const webhookStatuses = {
  queued: "Waits for its turn or its next try; dueAt says when",
  delivered: "The endpoint answered with a 2xx status",
  failed: "Given up; detail says why",
  expired:
    "It waited for longer than events are kept (retention.eventDays): its event can be neither sent nor replayed",
  waiting: "From before the database was restored or moved: it may have been delivered then. Resend it, or let it be",
} as const;
export type WebhookStatus = keyof typeof webhookStatuses;
/** Of those that nothing more becomes of by itself, what was not taken. */
export const replayable = ["failed", "expired", "waiting"] as const satisfies WebhookStatus[];
const statusNames = Object.keys(webhookStatuses) as [WebhookStatus, ...WebhookStatus[]];
const meanings = statusNames.map((name) => `${name}: ${webhookStatuses[name]}`).join("; ");

export const endpointFields = {
  url: text(2000)
    .refine(isPlainWebAddress, "must be an http or https address without a user in it")
    .describe("https, and no private address, unless the installation allows others. Redirects are not followed"),
  description: text(500).describe("For those who look at the list"),
  types: z
    .array(eventType)
    .max(100)
    .overwrite((list) => [...new Set(list)])
    .describe("Only events of these types; empty for all"),
  chatId: z.guid().toLowerCase().nullable().describe("Only this chat's events"),
  ordered: z
    .boolean()
    .describe("One event of a chat at a time, in order: while one fails, those of its chat wait, and no others"),
};

export const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    types: z.array(eventType),
    chatId: z.string().nullable(),
    ordered: z.boolean(),
    state: z
      .enum(webhookStates)
      .describe(
        "active; paused: events wait, as long as they are kept; disabled: events are left out, and can be replayed from the log",
      ),
    reason: z.string().optional().describe("Why it was disabled"),
    failures: z.number().int().describe("Tries in a row that failed"),
    failingSince: z.string().optional(),
    nextTryAfter: z.string().optional().describe("It is in trouble, and let be until then"),
    oldSecretUntil: z.string().optional().describe("Until then the secret of before signs too"),
    lately: z
      .object({
        tries: z.number().int(),
        succeeded: z.number().int(),
        p95Ms: z.number().int().nullable().describe("95 of 100 tries took no longer"),
      })
      .optional()
      .describe("How the newest 500 deliveries of the last 24 hours went, where there was a try; when it is read"),
    createdAt: z.string(),
  })
  .meta({ id: "Webhook" });

export type PresentedWebhook = z.infer<typeof webhookSchema>;

/** The only answers that ever hold the secret. */
export const newWebhookSchema = webhookSchema
  .extend({ secret: z.string().describe("whsec_…: verify deliveries with it. Shown once") })
  .meta({ id: "NewWebhook" });

export function presentWebhook(row: EndpointRow, lately?: PresentedWebhook["lately"]): PresentedWebhook {
  const { oldSecretUntil, failingSince, openUntil } = row;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: row.types as PresentedWebhook["types"],
    chatId: row.chatId,
    ordered: row.ordered,
    state: row.state as WebhookState,
    ...(row.reason === null ? {} : { reason: row.reason }),
    failures: row.failures,
    ...(failingSince === null ? {} : { failingSince: failingSince.toISOString() }),
    ...(openUntil === null ? {} : { nextTryAfter: openUntil.toISOString() }),
    ...(oldSecretUntil === null ? {} : { oldSecretUntil: oldSecretUntil.toISOString() }),
    ...(lately ? { lately } : {}),
    createdAt: row.createdAt.toISOString(),
  };
}

export const webhookDeliverySchema = z
  .object({
    id: z.string(),
    type: deliveryType,
    chatId: z.string().optional(),
    sample: z.boolean().describe("Sent to try the endpoint"),
    status: z.enum(statusNames).describe(meanings),
    detail: z.string().optional(),
    attempts: z.number().int().describe("Tries since it was last asked for"),
    dueAt: z.string().optional().describe("When a queued one is tried next"),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "WebhookDelivery" });

export type PresentedDelivery = z.infer<typeof webhookDeliverySchema>;

export const detailedDeliverySchema = webhookDeliverySchema
  .extend({
    webhookMessageId: z
      .string()
      .describe("The header webhook-id: the same at every try. Of an event it is its eventId"),
    body: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("What is sent, as the log has it now; left out when that has let go of it"),
    tries: z.array(
      z.object({
        number: z.number().int(),
        startedAt: z.string(),
        ms: z.number().int().optional().describe("Left out while it runs, and when the worker died meanwhile"),
        status: z.number().int().optional().describe("Of HTTP; left out when there was no answer"),
        answer: z.string().optional().describe("The first bytes of it"),
        fault: z.string().optional().describe("Why there was no answer"),
      }),
    ),
  })
  .meta({ id: "DetailedWebhookDelivery" });

export const deliveryFilters = {
  status: z.enum(statusNames).optional(),
  type: deliveryType.optional(),
  chatId: entityId.optional(),
  since: instant.optional().describe("Planned from then on"),
  until: instant.optional().describe("Planned before then"),
};

export function presentDelivery(row: DeliveryRow): PresentedDelivery {
  return {
    id: row.id,
    type: row.type as PresentedDelivery["type"],
    ...(row.chatId === null ? {} : { chatId: row.chatId }),
    sample: row.position === null,
    status: row.status as WebhookStatus,
    ...(row.detail === null ? {} : { detail: row.detail }),
    attempts: row.attempts,
    ...(row.status === "queued" ? { dueAt: row.dueAt.toISOString() } : {}),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function presentTry(row: WebhookAttempt) {
  return {
    number: row.number,
    startedAt: row.startedAt.toISOString(),
    ...(row.ms === null ? {} : { ms: row.ms }),
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.answer === null ? {} : { answer: row.answer }),
    ...(row.fault === null ? {} : { fault: row.fault }),
  };
}
