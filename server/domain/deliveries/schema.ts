import { z } from "zod";
import type { DeliveryAttempt, Delivery as DeliveryRow } from "../../persistence/generated/client.ts";
import { entityId, instant, userId } from "../../schema.ts";
import { type DeliveryChannel, deliveryChannels } from "../categories/schema.ts";

/** Status → what it tells whoever asks why something did or did not arrive. */
export const deliveryStatuses = {
  queued: "Waits to be handed to the mail server; dueAt says when it is tried next",
  sent: "In the inbox, or accepted by the mail server",
  read_first: "Read or archived in the inbox before the mail went out",
  muted: "The chat is muted",
  preference: "The person does not want it this way",
  not_asked: "Neither the sender nor the category asked for this delivery channel",
  no_address: "No email address is known",
  held: "Waits for the end of quiet hours, of a pause or of a snooze; heldUntil says when",
  folded: "Went into a digest",
  duplicate: "Did not go out: a newer mail says the same, and more",
  expired: "Its time was over before it went out",
  left: "The person had left the topic or chat that it was for before it went out; rule says which of the two",
  cancelled: "Cancelled, deleted or withdrawn before it went out",
  suppressed: "The address is on the suppression list",
  bounced: "Accepted, then returned by the receiving side",
  failed: "Given up; detail has the mail server's words",
  caught: "Kept by the local catcher: no mail server is configured",
  not_configured: "No mail server is configured, and the catcher is off",
  waiting: "From before the database was restored or moved: an operator releases or cancels it",
} as const;
export type DeliveryStatus = keyof typeof deliveryStatuses;

export const deliveryKinds = ["notification", "digest", "away", "test", "notice"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

const statusNames = Object.keys(deliveryStatuses) as [DeliveryStatus, ...DeliveryStatus[]];
const meanings = statusNames.map((name) => `${name}: ${deliveryStatuses[name]}`).join("; ");

export const deliverySchema = z
  .object({
    id: z.string(),
    userId: z.string(),
    channel: z.enum(deliveryChannels),
    kind: z.enum(deliveryKinds),
    notificationId: z.string().optional(),
    batchId: z.string().optional(),
    digestId: z.string().optional(),
    type: z.string(),
    subject: z.string(),
    status: z.enum(statusNames).describe(meanings),
    rule: z.string().optional().describe("What decided, in a word"),
    detail: z.string().optional().describe("What decided, in a sentence, or what the mail server said"),
    address: z.string().optional(),
    dueAt: z.string().optional().describe("When a queued mail is tried next"),
    heldUntil: z.string().optional(),
    attempts: z.number().int().describe("Tries since it was last asked for"),
    providerId: z.string().optional().describe("What the mail server calls it"),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "Delivery" });

export type PresentedDelivery = z.infer<typeof deliverySchema>;

export const detailedDeliverySchema = deliverySchema
  .extend({
    tries: z.array(
      z.object({
        number: z.number().int(),
        startedAt: z.string(),
        endedAt: z.string().optional().describe("Left out while it runs, and when the worker died meanwhile"),
        outcome: z.enum(["sent", "temporary", "permanent", "caught", "stopped"]).optional(),
        words: z.string().optional().describe("What the mail server answered, or why it could not"),
      }),
    ),
  })
  .meta({ id: "DetailedDelivery" });

export type DetailedDelivery = z.infer<typeof detailedDeliverySchema>;

/** What a list of deliveries may be narrowed to. */
export const deliveryFilters = {
  status: z.enum(statusNames).optional(),
  channel: z.enum(deliveryChannels).optional(),
  kind: z.enum(deliveryKinds).optional(),
  userId: userId.optional(),
  notificationId: entityId.optional(),
  batchId: entityId.optional().describe("Only those of one send to many"),
  digestId: entityId.optional().describe("Only a digest's mail and those that went into it"),
  since: instant.optional().describe("Planned from then on"),
  failedSince: instant.optional().describe("Only mails that bounced or were given up from then on"),
};

export function presentDelivery(row: DeliveryRow): PresentedDelivery {
  return {
    id: row.id,
    userId: row.userId,
    channel: row.channel as DeliveryChannel,
    kind: row.kind as DeliveryKind,
    ...(row.notificationId === null ? {} : { notificationId: row.notificationId }),
    ...(row.batchId === null ? {} : { batchId: row.batchId }),
    ...(row.digestId === null ? {} : { digestId: row.digestId }),
    type: row.type,
    subject: row.subject,
    status: row.status as DeliveryStatus,
    ...(row.rule === null ? {} : { rule: row.rule }),
    ...(row.detail === null ? {} : { detail: row.detail }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.dueAt === null ? {} : { dueAt: row.dueAt.toISOString() }),
    ...(row.heldUntil === null ? {} : { heldUntil: row.heldUntil.toISOString() }),
    attempts: row.attempts,
    ...(row.providerId === null ? {} : { providerId: row.providerId }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function presentDetailed(row: DeliveryRow, tries: DeliveryAttempt[]): DetailedDelivery {
  return {
    ...presentDelivery(row),
    tries: tries.map(({ number, startedAt, endedAt, outcome, words }) => ({
      number,
      startedAt: startedAt.toISOString(),
      ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
      ...(outcome === null ? {} : { outcome: outcome as "sent" }),
      ...(words === null ? {} : { words }),
    })),
  };
}
