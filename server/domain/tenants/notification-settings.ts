import { z } from "zod";
import { isWebAddress, text, timezoneName } from "../../schema.ts";

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day like 22:00")
  .describe("HH:MM");
const weekday = z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const every = z.enum(["off", "hourly", "daily", "weekly"]);

/** What a tenant and a person can set of quiet hours and digests, for both to build on. */
export const quietFields = { enabled: z.boolean(), from: time, to: time };
export const digestFields = {
  every: every.describe("How often mails are gathered into one; off: each goes out by itself"),
  at: time.describe("Time of day of a daily or weekly digest, where the person is"),
  weekday: weekday.describe("Of a weekly digest"),
};

const fields = {
  inApp: z.boolean().describe("Whether what says nothing else goes to the inbox"),
  email: z.boolean().describe("Whether it goes out by mail too, without the sender asking for it"),
  away: z.boolean().describe("Whether members who are away are told of unread messages"),
  minutes: z.number().int().min(1).max(1440).describe("How long a message is unread before its reader is told"),
  pauseMinutes: z.number().int().min(1).max(10_080).describe("At most one such notification a chat in so many minutes"),
};

export const notificationSettings = z
  .object({
    channels: z.object({ inApp: fields.inApp.default(true), email: fields.email.default(false) }).prefault({}),
    away: z
      .object({
        enabled: fields.away.default(true),
        minutes: fields.minutes.default(15),
        pauseMinutes: fields.pauseMinutes.default(60),
      })
      .prefault({}),
    quietHours: z
      .object({
        enabled: quietFields.enabled.default(false),
        from: time.default("22:00"),
        to: time.default("07:00"),
      })
      .prefault({})
      .describe("When mails are held, where the person is; urgent ones pass"),
    digest: z
      .object({
        every: digestFields.every.default("off"),
        at: digestFields.at.default("09:00"),
        weekday: digestFields.weekday.default("monday"),
      })
      .prefault({}),
  })
  .prefault({})
  .describe("Defaults for people who chose nothing");

export const notificationPatch = z
  .object({
    channels: z.object({ inApp: fields.inApp, email: fields.email }).partial(),
    away: z.object({ enabled: fields.away, minutes: fields.minutes, pauseMinutes: fields.pauseMinutes }).partial(),
    quietHours: z.object(quietFields).partial(),
    digest: z.object(digestFields).partial(),
  })
  .partial();

const branding = {
  name: text(100).trim().min(1).describe("The name in mails and on hosted pages; the tenant's unless given"),
  logoUrl: text(2048)
    .refine(isWebAddress, "must be an http or https address")
    .describe("A picture for mails and hosted pages"),
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "must be a colour like #0b6b62")
    .describe("Of buttons and links"),
};

export const brandingSettings = z
  .object({ ...branding, colour: branding.colour.default("#0b6b62") })
  .partial({ name: true, logoUrl: true })
  .prefault({});
export const brandingPatch = z
  .object({
    name: branding.name.nullable().describe("null for the tenant's name"),
    logoUrl: branding.logoUrl.nullable().describe("null for none"),
    colour: branding.colour.nullable().describe("null for the service's own"),
  })
  .partial();

export const tenantTimezone = timezoneName.describe("Of people who name none");
