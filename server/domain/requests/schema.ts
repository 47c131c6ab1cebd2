import { z } from "zod";
import { errorCodes } from "../../errors.ts";
import { instant, text } from "../../schema.ts";
import type { RequestRow } from "./store.ts";

export const transports = ["rest", "trpc", "signalr"] as const;

export const requestSchema = z
  .object({
    id: z.string(),
    at: z.string(),
    transport: z.enum(transports),
    operation: z.string(),
    status: z.number().int().describe("As HTTP has it, whatever the transport"),
    code: z.string().describe("ok, or a problem code"),
    ms: z.number().describe("From when the call was read to when its answer was ready"),
    credential: z.string().describe("key, user, operator, visitor, …"),
    keyId: z.string().optional(),
    key: z
      .object({ name: z.string(), hint: z.string().describe("The end of the key") })
      .optional()
      .describe("Of the key, while there is one of this id"),
    userId: z.string().optional(),
    personId: z.string().optional().describe("Of an operator"),
    requestId: z.string(),
    ip: z.string().optional(),
  })
  .meta({ id: "ApiRequest" });

export const requestFilter = {
  transport: z.enum(transports).optional(),
  operation: text(100).optional().describe("noun.verb, or its noun"),
  outcome: z
    .enum(["ok", "failed", "faults", ...errorCodes])
    .optional()
    .describe("ok, failed, faults (a status of 500 or more), or a problem code"),
  userId: text(128).optional(),
  keyId: text(100).optional(),
  requestId: text(100).optional(),
  since: instant.optional().describe("Noted from then on"),
  id: text(100).optional().describe("The one call of this `id`"),
};

/** By id. */
export type KnownKeys = ReadonlyMap<string | null, { name: string; hint: string }>;

export function presentRequest(row: RequestRow, keys: KnownKeys): z.input<typeof requestSchema> {
  const key = keys.get(row.keyId);
  const { id, at, transport, operation, status, code, ms, credential, keyId, userId, personId, requestId, ip } = row;
  return {
    id,
    at: at.toISOString(),
    transport: transport as (typeof transports)[number],
    operation,
    status,
    code,
    ms: Math.round(ms * 100) / 100,
    credential,
    ...(keyId === null ? {} : { keyId }),
    ...(key ? { key: { name: key.name, hint: key.hint } } : {}),
    ...(userId === null ? {} : { userId }),
    ...(personId === null ? {} : { personId }),
    requestId,
    ...(ip === null ? {} : { ip }),
  };
}
