import { z } from "zod";
import type { CaughtMail } from "../../persistence/generated/client.ts";
import { text } from "../../schema.ts";
import type { StoredMail } from "./store.ts";

const securities = ["auto", "starttls", "tls", "none"] as const;

const host = text(253)
  .trim()
  .refine((value) => value === "" || /^[a-zA-Z0-9.:_-]+$/.test(value), "must be a host name or an address");

/** A name in a header: nothing that would end it. */
const headerName = text(200)
  .trim()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), "must not contain control characters");

const mailbox = text(254)
  .trim()
  .refine(
    (value) => value === "" || /^[^\s<>",;:\\()[\]@]+@[^\s<>",;:\\()[\]@]+$/.test(value),
    "must be an email address",
  );

/** Every field can be left out; an empty text takes back what was set, and 0 a port. */
const mailSettingsFields = {
  host: host.optional().describe("Your SMTP server; empty for the installation's"),
  port: z.number().int().min(0).max(65_535).optional().describe("587 unless given, 465 with tls; 0 for that again"),
  security: z
    .enum(securities)
    .optional()
    .describe("auto: STARTTLS where it is offered; starttls: or not at all; tls: from the start; none: never"),
  username: text(300).optional(),
  password: text(1000)
    .optional()
    .describe("Stored encrypted, never shown again; to be given anew with another host, port, security or username"),
  fromAddress: mailbox
    .optional()
    .describe("Sender of what goes by your own server. By the installation's, that sends, and this gets the replies"),
  fromName: headerName.optional().describe("Your tenant's name unless given"),
  replyTo: mailbox.optional(),
  catcher: z.boolean().optional().describe("Keep mail that cannot be sent because there is no server, to look at it"),
  snsTopicArn: text(300)
    .trim()
    .optional()
    .describe("The SNS topic on which SES tells of bounces; no other is believed"),
  postmarkSecret: text(200)
    .optional()
    .describe("What Postmark shows with bounces. Stored encrypted, never shown again"),
};

export const mailSettingsPatch = z.object(mailSettingsFields);
export type MailSettingsPatch = z.output<typeof mailSettingsPatch>;

export const mailSettingsSchema = z
  .object({
    way: z
      .enum(["own", "shared", "catcher", "none"])
      .describe("Where mail goes: your own server, the installation's, the local catcher, nowhere"),
    host: z.string().optional(),
    port: z.number().int().optional(),
    security: z.enum(securities),
    username: z.string().optional(),
    hasPassword: z.boolean(),
    fromAddress: z.string().optional(),
    fromName: z.string().optional(),
    replyTo: z.string().optional(),
    catcher: z.boolean(),
    snsTopicArn: z.string().optional(),
    hasPostmarkSecret: z.boolean(),
    failures: z.number().int().describe("Faults of the server in a row"),
    pausedUntil: z.string().optional().describe("After many faults the server is left alone until then"),
    lastError: z.string().optional().describe("What the server said, or why it could not be reached"),
    lastErrorAt: z.string().optional(),
  })
  .meta({ id: "MailSettings" });

export type PresentedMailSettings = z.infer<typeof mailSettingsSchema>;

/** What a server says may name whom another tenant's mail was for, and where the installation's own server is. */
const sharedFault = "The installation's mail server is in trouble: mail waits and is tried again";

export function presentMailSettings(
  { settings, health }: StoredMail,
  shared: boolean,
  now: number,
): PresentedMailSettings {
  const catcher = settings?.catcher ?? true;
  const optional = {
    host: settings?.host,
    port: settings?.port,
    username: settings?.username,
    fromAddress: settings?.fromAddress,
    fromName: settings?.fromName,
    replyTo: settings?.replyTo,
    snsTopicArn: settings?.snsTopicArn,
    pausedUntil: health?.openUntil && +health.openUntil > now ? health.openUntil.toISOString() : undefined,
    lastError: health?.lastError && !settings?.host ? sharedFault : health?.lastError,
    lastErrorAt: health?.lastErrorAt?.toISOString(),
  };
  const there = Object.entries(optional).filter(([, value]) => value !== null && value !== undefined);
  return {
    ...(Object.fromEntries(there) as Partial<PresentedMailSettings>),
    way: settings?.host ? "own" : shared ? "shared" : catcher ? "catcher" : "none",
    security: (settings?.security ?? "auto") as (typeof securities)[number],
    hasPassword: Boolean(settings?.password),
    catcher,
    hasPostmarkSecret: Boolean(settings?.postmarkSecret),
    failures: health?.failures ?? 0,
  };
}

export const caughtMailSchema = z
  .object({ id: z.string(), deliveryId: z.string(), to: z.string(), subject: z.string(), caughtAt: z.string() })
  .meta({ id: "CaughtMail" });

export const openedMailSchema = caughtMailSchema
  .extend({
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    text: z.string(),
    html: z.string().describe("Sanitised by whoever sent it; show it in a frame without scripts all the same"),
    source: z
      .string()
      .optional()
      .describe(
        "The mail as it would have gone over the wire (RFC 5322). For who may not change users' preferences it is left out, and the links that do are masked in the rest",
      ),
  })
  .meta({ id: "OpenedMail" });

export function presentCaughtMail(row: Omit<CaughtMail, "raw">): z.infer<typeof caughtMailSchema> {
  const { id, deliveryId, recipient, subject, caughtAt } = row;
  return { id, deliveryId, to: recipient, subject, caughtAt: caughtAt.toISOString() };
}
