import { z } from "zod";
import { query } from "../../operation.ts";
import { auditFilter, presentEntry } from "./schema.ts";
import { listEntries } from "./store.ts";

/** In one answer; who wants more pages through audit.list. */
const most = 10_000;
const columns = ["at", "actorKind", "actor", "ip", "operation", "target", "outcome", "input", "requestId"] as const;

export const exportAudit = query({
  name: "audit.export",
  summary: "The newest 10,000 entries of the audit log as a file",
  http: { method: "GET", path: "/admin/audit/export" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({ ...auditFilter, format: z.enum(["csv", "json"]).default("csv") }),
  output: z.object({
    name: z.string(),
    contentType: z.string(),
    body: z.string(),
    truncated: z.boolean().describe("There are older ones that are not in it"),
  }),
  async handle(ctx, { format, ...filter }) {
    const found = await listEntries(ctx.services.db, ctx.tenantId, { limit: most + 1 }, filter);
    const entries = found.slice(0, most).map(presentEntry);
    const truncated = found.length > most;
    const name = `audit-${ctx.tenantId}.${format}`;
    if (format === "json") return { name, contentType: "application/json", body: JSON.stringify(entries), truncated };
    const lines = entries.map(({ at, actor, ip, operation, target, outcome, input, requestId }) => [
      at,
      actor.kind,
      actor.name ?? actor.id,
      ip ?? "",
      operation,
      target ?? "",
      outcome,
      JSON.stringify(input),
      requestId,
    ]);
    const body = [columns, ...lines].map((cells) => cells.map(toCell).join(",")).join("\r\n");
    return { name, contentType: "text/csv; charset=utf-8", body: `${body}\r\n`, truncated };
  },
});

/** RFC 4180; what a spreadsheet would take for a formula is text. */
function toCell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
