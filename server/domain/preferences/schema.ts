import { z } from "zod";
import { timezoneName, userId } from "../../schema.ts";
import { deliveryChannels, notificationType } from "../categories/schema.ts";
import { digestFields, quietFields } from "../tenants/schema.ts";

/** Types that one person can have chosen for; a page of preferences has no more. */
export const maxChoices = 400;

/** More than an answer lists: * and what is declared and chosen for, with the few choices over the bound that links in mails may make. */
const maxListed = 1000;

/** Stands for all types. */
export const everyType = "*";

const choice = z.enum(["on", "off", "default"]).describe("default: what the category or the tenant says");

const pause = z
  .enum(["none", "hour", "day", "week"])
  .describe("Holds every mail that is not urgent for so long from now");

const chosen = z.object({ choice: choice.nullish() }).nullish();

const categoryChange = z
  .object({
    type: notificationType,
    inApp: choice.optional(),
    email: choice.optional(),
    channels: z
      .object({ inApp: chosen, email: chosen })
      .nullish()
      .describe(
        "The same as preferences are answered: choice counts, what comes of it is not set; inApp and email come before",
      ),
  })
  .superRefine(({ inApp, email, channels }, issues) => {
    // Who sends only `enabled` means to set it and would take the 200 for done.
    if (inApp !== undefined || email !== undefined || !channels) return;
    for (const channel of deliveryChannels)
      if (channels[channel] && !channels[channel].choice)
        issues.addIssue({ code: "custom", path: ["channels", channel, "choice"], message: "on, off or default" });
  });

/** What a person can set; what is left out stays as it is. */
export const preferenceChanges = {
  timezone: timezoneName.optional().describe("Where quiet hours and digests are counted; the profile's unless given"),
  quietHours: z.object(quietFields).partial().optional(),
  digest: z.object(digestFields).partial().optional(),
  pause: pause.optional(),
  categories: z
    .array(categoryChange)
    .max(maxListed)
    .optional()
    .describe("Choices by type; * for all types that have none of their own"),
};

export type PreferenceChanges = z.output<z.ZodObject<typeof preferenceChanges>>;

const switchSchema = z.object({
  enabled: z.boolean().describe("What comes of it all; choice is what can be set"),
  choice,
  locked: z.boolean().describe("Required: nobody can switch it off"),
});

/** What hosted pages and mails show of a tenant. */
export const brandingSchema = z.object({ name: z.string(), logoUrl: z.string().optional(), colour: z.string() });

export const preferencesSchema = z
  .object({
    userId: z.string(),
    tenantName: z.string(),
    branding: brandingSchema,
    timezone: z.string(),
    quietHours: z.object(quietFields),
    digest: z.object(digestFields),
    pausedUntil: z.string().optional(),
    categories: z
      .array(
        z.object({
          type: z.string(),
          title: z.string(),
          description: z.string().optional(),
          required: z.boolean(),
          channels: z.object({ inApp: switchSchema, email: switchSchema }),
        }),
      )
      .describe("First * for all, then the declared types, then others that the person chose for"),
    link: z
      .string()
      .optional()
      .describe(
        "The person's own page of preferences, good without signing in; only for who may change them: whoever has it can",
      ),
  })
  .meta({ id: "Preferences" });

export type Preferences = z.input<typeof preferencesSchema>;

export const linkedPreferencesSchema = preferencesSchema
  .extend({ type: z.string().describe("Of the mail that the link was in; * for all") })
  .meta({ id: "LinkedPreferences" });

export const ofUser = {
  userId: userId.optional().describe("Oneself unless given; for others a key or an Admin is needed"),
};

export const linkToken = z.string().min(1).max(1900).describe("Of the address in a mail");

export const unsubscribedSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    channel: z.enum(deliveryChannels),
    subscribed: z.boolean(),
  })
  .meta({ id: "Subscription" });
