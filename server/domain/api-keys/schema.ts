import { z } from "zod";
import { scopes, scopesOfKey } from "../../auth/scopes.ts";
import type { ApiKey as ApiKeyRow } from "../../persistence/generated/client.ts";
import { text } from "../../schema.ts";

export type KeyKind = "primary" | "secondary" | "named";

/** Enough for every backend to have its own, few enough to be read with every check. */
export const maxKeys = 100;

export const keyName = text(100).trim().min(1).describe("To tell keys apart by");

export const apiKeySchema = z
  .object({
    id: z.string(),
    kind: z.enum(["primary", "secondary", "named"]),
    name: z.string(),
    hint: z.string().describe("The end of the key; the rest is kept as a hash only"),
    scopes: z.array(z.enum(scopes)),
    createdAt: z.string(),
    lastUsedAt: z.string().optional(),
  })
  .meta({ id: "ApiKey" });

/** The only answer that ever holds the key. */
export const newApiKeySchema = apiKeySchema
  .extend({ key: z.string().describe("Shown once") })
  .meta({ id: "NewApiKey" });

export type ApiKey = z.infer<typeof apiKeySchema>;

export function presentKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    kind: row.kind as KeyKind,
    name: row.name,
    hint: row.hint,
    scopes: [...scopesOfKey(row)],
    createdAt: row.createdAt.toISOString(),
    ...(row.lastUsedAt ? { lastUsedAt: row.lastUsedAt.toISOString() } : {}),
  };
}
