import { z } from "zod";
import type { Category as CategoryRow } from "../../persistence/generated/client.ts";
import { instant, isStorable, text } from "../../schema.ts";
import { findSchemaFault } from "./policy.ts";

/** Enough for any product, few enough for a page of preferences. */
export const maxCategories = 200;

/** The ways a notification goes out. */
export const deliveryChannels = ["inApp", "email"] as const;
export type DeliveryChannel = (typeof deliveryChannels)[number];

export const priorities = ["Low", "Normal", "High", "Urgent"] as const;
export type Priority = (typeof priorities)[number];

/** A kind of notification, as it is written on the wire: `RegistrationWelcome`. */
export const notificationType = text(100)
  .trim()
  .min(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), "must not contain control characters")
  .describe("Kind of notification, such as OrderShipped");

/** The type of what members are told of messages that they have not read. */
export const awayType = "ChatUnread";

/** Types that the service sends by itself, as they are until a tenant declares them otherwise. */
export const builtInTypes = new Map<string, { title: string; description: string; channels: DeliveryChannel[] }>([
  [
    awayType,
    { title: "Unread messages", description: "Of your chats, while you are away", channels: ["inApp", "email"] },
  ],
]);

const metadataSchema = z
  .record(z.string(), z.json())
  .superRefine((value, issues) => {
    const fault = isStorable(value) ? findSchemaFault(value) : "must not contain NUL or more than 20 levels";
    if (fault) issues.addIssue({ code: "custom", message: fault });
  })
  .describe(
    "JSON Schema (draft 7, at most 16 KiB, no references, no patterns) that the notifications' metadata must meet",
  );

export const categoryFields = {
  title: text(100).trim().min(1).describe("Shown to people in their preferences"),
  description: text(500).optional().describe("Shown below the title"),
  channels: z
    .array(z.enum(deliveryChannels))
    .max(10)
    .default(["inApp"])
    .overwrite((list) => deliveryChannels.filter((channel) => list.includes(channel)))
    .describe("Delivery channels it goes out on unless a person chose otherwise"),
  priority: z.enum(priorities).default("Normal").describe("Of notifications that name none"),
  required: z
    .boolean()
    .default(false)
    .describe("Where it goes out nobody may unsubscribe, and neither quiet hours nor digests hold it"),
  metadataSchema: metadataSchema.optional(),
};

export const onlyIf = instant
  .optional()
  .describe(
    "The `updatedAt` of what this was written from: refused with `conflict` if it was changed since, or deleted",
  );

export type CategoryDraft = z.output<z.ZodObject<typeof categoryFields>>;

export const categorySchema = z
  .object({
    type: z.string(),
    title: z.string(),
    description: z.string().optional(),
    channels: z.array(z.enum(deliveryChannels)),
    priority: z.enum(priorities),
    required: z.boolean(),
    metadataSchema: z.record(z.string(), z.unknown()).optional(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "Category" });

export type Category = z.infer<typeof categorySchema>;

export function presentCategory(row: CategoryRow): Category {
  return {
    type: row.type,
    title: row.title,
    ...(row.description === null ? {} : { description: row.description }),
    channels: row.channels as DeliveryChannel[],
    priority: row.priority as Priority,
    required: row.required,
    ...(row.metadataSchema === null ? {} : { metadataSchema: row.metadataSchema as Record<string, unknown> }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
