import { z } from "zod";
import { sanitizeHtml, sanitizeStored } from "../../html.ts";
import {
  emailAddress,
  instant,
  isDay,
  isStorable,
  isStorableTime,
  limits,
  messageContent,
  metadata,
  text,
  userId,
} from "../../schema.ts";
import { notificationType, type Priority, priorities } from "../categories/schema.ts";
import { templateFields, versionNumber } from "../templates/schema.ts";

/** A notification as it stands in its events and is handed from layer to layer; SQL makes it (`notification_json_v1`). */
export interface StoredNotification {
  id: string;
  userId: string;
  type: string;
  subject: string;
  message: string;
  htmlContent?: string;
  summary?: string;
  priority: Priority;
  metadata: Record<string, unknown>;
  status: "scheduled" | "visible" | "cancelled" | "deleted";
  scheduledFor?: string;
  createdAt: string;
  visibleAt?: string;
  seenAt?: string;
  readAt?: string;
  archivedAt?: string;
  snoozedUntil?: string;
  expiresAt?: string;
  deletedAt?: string;
}

export const notificationSchema = z
  .object({
    id: z.string(),
    userId: z.string(),
    type: z.string(),
    subject: z.string(),
    message: z.string(),
    htmlContent: z.string().optional().describe("Sanitised; sanitise it again where you show it"),
    summary: z.string().optional(),
    priority: z.enum(priorities),
    metadata: z.record(z.string(), z.unknown()),
    status: z.enum(["scheduled", "visible", "cancelled", "deleted"]),
    scheduledFor: z.string().optional(),
    createdAt: z.string(),
    visibleAt: z.string().optional().describe("When it appeared, where that was later than it was made"),
    isRead: z.boolean(),
    read: z.boolean().describe("The same as isRead"),
    readAt: z.string().optional(),
    seenAt: z.string().optional(),
    archivedAt: z.string().optional(),
    snoozedUntil: z.string().optional(),
    expiresAt: z.string().optional(),
    deletedAt: z.string().optional(),
    delivery: z
      .object({ email: z.object({ status: z.string(), detail: z.string().optional(), at: z.string() }).optional() })
      .describe("What became of it beside the inbox"),
  })
  .meta({ id: "Notification" });

export type Notification = z.infer<typeof notificationSchema>;

/** Adds what follows from the rest, and sanitises its HTML once more. The only place that does. */
export function presentNotification(stored: StoredNotification, delivery: Notification["delivery"] = {}): Notification {
  const isRead = stored.readAt !== undefined;
  const html = stored.htmlContent;
  return {
    ...stored,
    ...(html === undefined ? {} : { htmlContent: sanitizeStored(html) }),
    isRead,
    read: isRead,
    delivery,
  };
}

/** Low, Normal, High, Urgent in any letter case, or 0 to 3; becomes the number. */
export const priorityInput = z
  .union([z.string().max(20), z.number()])
  .transform((value, issues) => {
    const word = String(value).trim().toLowerCase();
    const index = /^[0-3]$/.test(word) ? Number(word) : priorities.findIndex((name) => name.toLowerCase() === word);
    if (index >= 0) return index;
    issues.addIssue({ code: "custom", message: `must be one of ${priorities.join(", ")}, or 0 to 3` });
    return z.NEVER;
  })
  .describe("Low, Normal, High or Urgent, in any letter case, or 0 to 3; Normal unless given");

const utf8 = new TextEncoder();

const htmlContent = text(limits.htmlBytes)
  .refine((value) => utf8.encode(value).length <= limits.htmlBytes, `at most ${limits.htmlBytes} bytes`)
  .transform(sanitizeHtml)
  .describe("Scripts, forms, frames, handlers and style sheets are taken out");

const localForm = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/;

/** A time of day without a zone, which comes in a year that can be stored wherever its recipient is. */
const localTime = z
  .string()
  .max(19)
  .refine(
    (value) =>
      localForm.test(value) &&
      ["+14:00", "-12:00"].every((zone) => isStorableTime(Date.parse(value.replace(" ", "T") + zone))) &&
      isDay(value.slice(0, 10)),
    "must be a local time without a zone, such as 2026-12-01T09:00",
  )
  .transform((value) => value.replace(" ", "T"));

/** What a notification says, whoever gets it. */
export const contentFields = {
  type: notificationType.default("General"),
  subject: text(limits.subject).trim().min(1).optional().describe("Required without a template"),
  message: messageContent.optional().describe("Required without a template"),
  template: text(100).optional().describe("Name of a published template that says it"),
  variables: z
    .record(z.string(), z.json())
    .refine(
      (value) => isStorable(value) && JSON.stringify(value).length <= limits.metadataBytes,
      "at most 8 KiB of plain JSON",
    )
    .optional()
    .describe("What the template puts in"),
  htmlContent: htmlContent.optional(),
  summary: text(limits.summary).optional(),
  priority: priorityInput.optional(),
  metadata: metadata.optional(),
  scheduledFor: instant.optional().describe("In no inbox before; a time in the past means now"),
  scheduledForLocal: localTime
    .optional()
    .describe(
      "Instead of scheduledFor: that time by each recipient's own clock (profile, else the tenant's zone), also when they move before",
    ),
  expiresAt: instant.optional().describe("Gone from then on"),
};

export const notificationFields = {
  userId,
  ...contentFields,
  email: emailAddress.optional().describe("Asks for delivery to this address too"),
};

/** Of these, what is said: nothing for the audit log. */
export const personalFields = ["subject", "message", "htmlContent", "summary", "metadata"] as const;

/** What is to be looked at before it is sent: unfinished, or with a template that is not stored yet. */
export const draftFields = {
  type: notificationType.default("General"),
  subject: text(limits.subject).optional(),
  message: text(limits.messageBytes).optional(),
  htmlContent: htmlContent.optional(),
  summary: text(limits.summary).optional(),
  priority: priorityInput.optional(),
  template: text(100).optional().describe("Name of a stored template that says it"),
  version: versionNumber.optional().describe("Of the template; the published one unless given"),
  draft: z
    .object({
      subject: text(1000),
      message: text(limits.messageBytes),
      text: text(limits.htmlBytes).optional(),
      html: text(limits.htmlBytes).optional(),
      summary: text(limits.summary).optional(),
      required: templateFields.required,
    })
    .optional()
    .describe("A template that is not stored, in Liquid, instead of the name of one"),
  variables: metadata.optional().describe("What the template puts in; its sample unless given"),
};

/** Other spellings that callers write. */
export const contentAliases = { title: "subject", body: "message", content: "message", html: "htmlContent" };

export const clientId = z
  .string()
  .max(200)
  .optional()
  .describe("The id of the calling page: its own connections get no event of this");

/** What those who run the tenant see of it beside. */
export const adminNotificationSchema = notificationSchema
  .extend({
    recipientName: z.string().optional().describe("As the recipient's profile has it"),
    email: z.string().optional().describe("Where its sender asked for a mail to go"),
    mailText: z.string().optional(),
    template: z.object({ name: z.string(), version: z.number().int() }).optional(),
    scheduledForLocal: z.string().optional(),
    batchId: z.string().optional(),
    chatId: z.string().optional(),
  })
  .meta({ id: "AdminNotification" });
