import { z } from "zod";
import { text } from "../../schema.ts";

/** A token bucket: it fills with `rate` a second and holds `burst`. */
function bucket(rate: number, burst: number) {
  return z
    .object({
      rate: z.number().min(0.1).max(1_000_000).default(rate).describe("Calls a second"),
      burst: z.number().int().min(1).max(1_000_000).default(burst).describe("Calls at once"),
    })
    .prefault({});
}

/** `*`, or what a browser sends as Origin: scheme, host and port. */
const origin = z
  .string()
  .max(300)
  .transform((value) => value.trim().toLowerCase().replace(/\/$/, ""))
  .refine(isOrigin, "must be * or an origin like https://app.example.com");

export const tenantSettingsSchema = z
  .object({
    rates: z
      .object({
        user: bucket(100, 1000).describe("Of one user"),
        key: bucket(1000, 5000).describe("Of one API key"),
        tenant: bucket(5000, 10_000).describe("Of the whole tenant"),
        address: bucket(20, 100).describe("Of one address without a valid credential"),
        frames: bucket(50, 200).describe("Of one connection, in frames"),
      })
      .prefault({}),
    allowedOrigins: z.array(origin).max(100).default([]).describe("Whose pages browsers may call from; * for any"),
    tokenExpiry: z
      .object({
        grace: z
          .number()
          .int()
          .min(0)
          .max(86_400)
          .default(60)
          .describe("Seconds that an open connection outlives its token"),
      })
      .prefault({}),
    presence: z.boolean().default(true).describe("Whether users see who else is there"),
  })
  .meta({ id: "TenantSettings" });

export type TenantSettings = z.output<typeof tenantSettingsSchema>;

export const tenantName = text(200).trim().min(1).describe("Shown to people");

export const tenantSchema = z
  .object({
    tenantId: z.string(),
    name: z.string(),
    demo: z.boolean().describe("Lets a visitor pick a person without signing in; no call can switch it on"),
    suspended: z.boolean(),
    validAfter: z.string().optional().describe("Tokens issued until then are refused"),
    settings: tenantSettingsSchema,
    createdAt: z.string(),
  })
  .meta({ id: "Tenant" });

export type Tenant = z.input<typeof tenantSchema>;

function isOrigin(value: string): boolean {
  if (value === "*") return true;
  return URL.canParse(value) && new URL(value).origin === value && /^https?:/.test(value);
}
