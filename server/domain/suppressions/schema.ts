import { z } from "zod";
import type { Suppression as SuppressionRow } from "../../persistence/generated/client.ts";
import { text, withAsciiDomain } from "../../schema.ts";

export const address = text(254)
  .trim()
  .toLowerCase()
  .overwrite(withAsciiDomain)
  .refine((value) => /^[^\s@]+@[^\s@]+$/.test(value), "must be an email address");

export const suppressionSchema = z
  .object({
    address: z.string(),
    reason: z
      .enum(["bounce", "complaint", "refused", "manual"])
      .describe(
        "bounce: it came back; complaint: marked as spam; refused: the mail server does not know it; manual: somebody listed it",
      ),
    detail: z.string().optional(),
    createdAt: z.string(),
  })
  .meta({ id: "Suppression" });

export type Suppression = z.infer<typeof suppressionSchema>;
export type SuppressionReason = Suppression["reason"];

export function presentSuppression(row: SuppressionRow): Suppression {
  return {
    address: row.address,
    reason: row.reason as SuppressionReason,
    ...(row.detail === null ? {} : { detail: row.detail }),
    createdAt: row.createdAt.toISOString(),
  };
}
