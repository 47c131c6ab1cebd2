import { z } from "zod";
import { errorCodes } from "../../errors.ts";
import type { AuditEntry as Row } from "../../persistence/generated/client.ts";
import { instant, text } from "../../schema.ts";

/** `installation` runs the service itself: by its key, or as its owner in the console. */
export const auditActor = z.enum(["operator", "key", "user", "installation"]);

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: z.string(),
    actor: z.object({
      kind: auditActor,
      id: z.string(),
      name: z.string().optional().describe("Email address of an operator"),
    }),
    ip: z.string().optional(),
    operation: z.string(),
    target: z.string().optional().describe("What it was done to, as field:id"),
    input: z
      .record(z.string(), z.unknown())
      .describe("What was asked for; secrets and what is said to or of people are masked, long texts cut"),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    outcome: z.string().describe("ok, a problem code, or begun: the process died in the middle"),
    requestId: z.string(),
  })
  .meta({ id: "AuditEntry" });

export const entryId = text(100).optional().describe("The one entry of this `id`");

export const auditFilter = {
  actor: text(320).optional().describe("Id or name of who did it"),
  operation: text(100).optional().describe("noun.verb, or its noun"),
  target: text(300).optional(),
  outcome: z
    .enum(["ok", "begun", ...errorCodes])
    .optional()
    .describe("ok, begun, or a problem code"),
  since: instant.optional().describe("Noted from then on"),
  until: instant.optional().describe("Noted before then"),
};

export function presentEntry(row: Row): z.input<typeof auditEntrySchema> {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: {
      kind: row.actorKind as z.infer<typeof auditActor>,
      id: row.actorId,
      ...(row.actorName === null ? {} : { name: row.actorName }),
    },
    ...(row.ip === null ? {} : { ip: row.ip }),
    operation: row.operation,
    ...(row.target === null ? {} : { target: row.target }),
    input: (row.input ?? {}) as Record<string, unknown>,
    ...(row.before === null ? {} : { before: row.before }),
    ...(row.after === null ? {} : { after: row.after }),
    outcome: row.outcome,
    requestId: row.requestId,
  };
}
