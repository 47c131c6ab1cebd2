import { z } from "zod";
import type { Tenant as TenantRow } from "../../persistence/generated/client.ts";
import { isWebAddress, readUrl, text } from "../../schema.ts";
import {
  brandingPatch,
  brandingSettings,
  notificationPatch,
  notificationSettings,
  tenantTimezone,
} from "./notification-settings.ts";

export { digestFields, quietFields } from "./notification-settings.ts";

const bucketFields = {
  rate: z.number().min(0.1).max(1_000_000).describe("Calls a second: it fills with so many"),
  burst: z.number().int().min(1).max(1_000_000).describe("Calls at once: it holds so many"),
};

/** A token bucket. */
function bucket(rate: number, burst: number) {
  return z.object({ rate: bucketFields.rate.default(rate), burst: bucketFields.burst.default(burst) }).prefault({});
}

const bucketPatch = z.object(bucketFields).partial().optional();

/** `*`, or what a browser sends as Origin: scheme, host and port. */
const origin = z
  .string()
  .check(z.maxLength(300, { abort: true }))
  .overwrite((value) => value.trim().toLowerCase().replace(/\/$/, ""))
  .refine(isOrigin, "must be * or an origin like https://app.example.com");

const fields = {
  allowedOrigins: z.array(origin).max(100).describe("Whose pages browsers may call from; * for any"),
  grace: z.number().int().min(0).max(86_400).describe("Seconds that an open connection outlives its token"),
  eventDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .describe("Days that the log of events is kept, which clients resume from; messages stay"),
  requestDays: z.number().int().min(0).max(90).describe("Days that calls stay in the request log; 0 to note none"),
  auditDays: z.number().int().min(30).max(3650).describe("Days that entries stay in the audit log"),
  presence: z.boolean().describe("Whether users see who else is there"),
  parallelInvocations: z.number().int().min(1).max(64).describe("SignalR calls of one connection that run at once"),
  hubUrl: z
    .string()
    .check(z.maxLength(1000, { abort: true }))
    .refine(isWebAddress, "must be an http or https address")
    .meta({ format: "uri" })
    .nullable()
    .describe("Another place's hub, to which SignalR clients are sent when they negotiate; null for none"),
};

/** What a tenant can set. Defaults are filled in when it is read, so that a row holds what was chosen. */
export const tenantSettingsSchema = z
  .object({
    rates: z
      .object({
        user: bucket(100, 1000).describe("Of one user"),
        key: bucket(1000, 5000).describe("Of one API key"),
        tenant: bucket(5000, 10_000).describe("Of the whole tenant"),
        address: bucket(20, 100).describe("Of one address without a valid credential; of IPv6 the /64 around it"),
        frames: bucket(50, 200).describe("Of one connection, in frames"),
      })
      .prefault({}),
    allowedOrigins: fields.allowedOrigins.default([]),
    tokenExpiry: z.object({ grace: fields.grace.default(60) }).prefault({}),
    presence: fields.presence.default(true),
    retention: z
      .object({
        eventDays: fields.eventDays.default(14),
        requestDays: fields.requestDays.default(7),
        auditDays: fields.auditDays.default(365),
      })
      .prefault({}),
    hub: z
      .object({ parallelInvocations: fields.parallelInvocations.default(1), url: fields.hubUrl.default(null) })
      .prefault({}),
    timezone: tenantTimezone.default("UTC"),
    branding: brandingSettings,
    notifications: notificationSettings,
  })
  .meta({ id: "TenantSettings" });

/** A part of the settings, however small. */
export const settingsPatchSchema = z.object({
  rates: z
    .object({ user: bucketPatch, key: bucketPatch, tenant: bucketPatch, address: bucketPatch, frames: bucketPatch })
    .optional(),
  allowedOrigins: fields.allowedOrigins
    .refine(
      (origins) => origins.every(isOneHost),
      "must be * or origins of one host each, like https://app.example.com",
    )
    .optional(),
  tokenExpiry: z.object({ grace: fields.grace }).partial().optional(),
  presence: fields.presence.optional(),
  retention: z
    .object({ eventDays: fields.eventDays, requestDays: fields.requestDays, auditDays: fields.auditDays })
    .partial()
    .optional(),
  hub: z.object({ parallelInvocations: fields.parallelInvocations, url: fields.hubUrl }).partial().optional(),
  timezone: tenantTimezone.optional(),
  branding: brandingPatch.optional(),
  notifications: notificationPatch.optional(),
});

export type SettingsPatch = z.output<typeof settingsPatchSchema>;
export type TenantSettings = z.output<typeof tenantSettingsSchema>;

export const tenantName = text(200).trim().min(1).describe("Shown to people");

const rateCapSchema = z.object({ rate: z.number(), burst: z.number().int() });

export const tenantSchema = z
  .object({
    tenantId: z.string(),
    name: z.string(),
    demo: z.boolean().describe("Lets a visitor pick a person without signing in; no call can switch it on"),
    suspended: z.boolean(),
    validAfter: z.string().optional().describe("Tokens issued until then are refused"),
    deleteAfter: z.string().optional().describe("When it is deleted with everything in it, unless it is restored"),
    settings: tenantSettingsSchema,
    rateCap: rateCapSchema
      .optional()
      .describe("What the installation's operators hold settings.rates.tenant to, where that says more"),
    createdAt: z.string(),
  })
  .meta({ id: "Tenant" });

export type Tenant = z.input<typeof tenantSchema>;

export function presentTenant(row: TenantRow): Tenant {
  return {
    tenantId: row.id,
    name: row.name,
    demo: row.demo,
    suspended: row.suspendedAt !== null,
    ...(row.validAfter ? { validAfter: row.validAfter.toISOString() } : {}),
    ...(row.deleteAfter ? { deleteAfter: row.deleteAfter.toISOString() } : {}),
    settings: tenantSettingsSchema.parse(row.settings),
    ...(row.rateCap ? { rateCap: rateCapSchema.parse(row.rateCap) } : {}),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Beside what is an origin to a URL parser: none of what a policy of the pages would read otherwise. Older rows may have such. */
function isOneHost(origin: string): boolean {
  return origin === "*" || !/[*;,'"]/.test(origin);
}

function isOrigin(value: string): boolean {
  if (value === "*") return true;
  return isWebAddress(value) && readUrl(value)?.origin === value;
}
