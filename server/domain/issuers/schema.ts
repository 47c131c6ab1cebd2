import { z } from "zod";
import { claimChoicesSchema, claimSettingsSchema, hmacAlgorithms, publicKeyAlgorithms } from "../../auth/issuer.ts";
import type { KeysState } from "../../auth/remote-keys.ts";
import type { Issuer as IssuerRow } from "../../persistence/generated/client.ts";
import { text } from "../../schema.ts";

/** Every one of them is a candidate for each token, so there are few. */
export const maxIssuers = 20;

const algorithm = z.enum([...hmacAlgorithms, ...publicKeyAlgorithms]);

export const issuerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["internal", "hs256", "public-key", "oidc"]).describe("internal signs what POST /tokens hands out"),
    issuer: z.string().optional().describe("iss that a token must carry"),
    audience: z.string().optional().describe("aud that a token must name"),
    algorithms: z.array(algorithm),
    publicKey: z.string().optional().describe("PEM"),
    jwksUri: z.string().optional(),
    claims: claimSettingsSchema,
    enabled: z.boolean(),
    createdAt: z.string(),
    keys: z
      .object({
        triedAt: z.string(),
        fetchedAt: z.string().optional(),
        count: z.number().int(),
        failure: z.string().optional().describe("Why the last fetch brought none"),
      })
      .optional()
      .describe("oidc, in lists: how the answering node last fetched its keys; left out while it has not"),
  })
  .meta({ id: "Issuer" });

export type Issuer = z.infer<typeof issuerSchema>;

/** What can be said of an issuer of any kind. What a kind needs of it is settled in policy.ts. */
export const issuerFields = {
  name: text(100).trim().min(1).optional(),
  issuer: text(500).trim().optional().describe("iss that a token must carry; empty for any"),
  audience: text(500).trim().optional().describe("aud that a token must name; empty for any"),
  algorithms: z.array(algorithm).min(1).max(20).optional().describe("All that fit the key, unless given"),
  secret: text(4096).optional().describe("hs256: at least 32 bytes. Stored encrypted, never shown again"),
  publicKey: text(20_000).trim().optional().describe("public-key: PEM"),
  jwksUri: text(2000).trim().optional().describe("oidc: where the keys are; empty to find it by discovery"),
  claims: claimChoicesSchema.optional(),
  enabled: z.boolean().optional().describe("Off: its tokens are refused and their connections closed"),
};

export function presentIssuer(row: IssuerRow): Issuer {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as Issuer["kind"],
    ...(row.issuer ? { issuer: row.issuer } : {}),
    ...(row.audience ? { audience: row.audience } : {}),
    algorithms: row.algorithms as Issuer["algorithms"],
    ...(row.publicKey ? { publicKey: row.publicKey } : {}),
    ...(row.jwksUri ? { jwksUri: row.jwksUri } : {}),
    claims: claimSettingsSchema.parse(row.claims),
    enabled: row.enabled,
    createdAt: row.createdAt.toISOString(),
  };
}

/** How the keys of an issuer were last fetched. */
export function presentKeys(state: KeysState | undefined): Pick<Issuer, "keys"> {
  if (!state) return {};
  const { triedAt, fetchedAt, count, failure } = state;
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    keys: {
      triedAt: at(triedAt),
      count,
      ...(fetchedAt === undefined ? {} : { fetchedAt: at(fetchedAt) }),
      ...(failure === undefined ? {} : { failure }),
    },
  };
}
