import { z } from "zod";
import { type Context, query } from "../../operation.ts";
import { auditFilter, presentEntry } from "./schema.ts";
import { type EntryFilter, listEntries } from "./store.ts";

/** In one answer, as entries and as characters; who wants more asks again with `until`, or pages through audit.list. */
const most = 10_000;
const mostCharacters = 16 * 1024 ** 2;
/** Read at a time. */
const perStep = 500;
const columns = ["at", "actorKind", "actor", "ip", "operation", "target", "outcome", "input", "requestId"] as const;

export const exportAudit = query({
  name: "audit.export",
  summary: "The newest 10,000 entries of the audit log as a file, fewer where they are more than 16 MiB",
  http: { method: "GET", path: "/admin/audit/export" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({ ...auditFilter, format: z.enum(["csv", "json"]).default("csv") }),
  output: z.object({
    name: z.string(),
    contentType: z.string(),
    body: z.string(),
    truncated: z
      .boolean()
      .describe("There are older ones that are not in it: ask again with `until` a millisecond past `last`"),
    last: z.string().optional().describe("When the oldest entry that is in it was made"),
  }),
  async handle(ctx, { format, ...filter }) {
    const pieces: string[] = [];
    const write = format === "json" ? (entry: Entry) => JSON.stringify(entry) : toLine;
    let characters = 0;
    let truncated = false;
    let last: string | undefined;
    for await (const entry of readEntries(ctx, filter)) {
      const piece = write(entry);
      characters += piece.length;
      truncated = pieces.length === most || characters > mostCharacters;
      if (truncated) break;
      pieces.push(piece);
      last = entry.at;
    }
    const name = `audit-${ctx.tenantId}.${format}`;
    const ends = { truncated, ...(last === undefined ? {} : { last }) };
    if (format === "json") return { name, contentType: "application/json", body: `[${pieces.join(",")}]`, ...ends };
    const body = `${[columns.join(","), ...pieces].join("\r\n")}\r\n`;
    return { name, contentType: "text/csv; charset=utf-8", body, ...ends };
  },
});

type Entry = ReturnType<typeof presentEntry>;

/** Newest first, a part at a time: no more than that is held as rows. */
async function* readEntries({ services, tenantId }: Context, filter: EntryFilter): AsyncGenerator<Entry> {
  let before: { at: Date; id: string } | undefined;
  do {
    const rows = await listEntries(services.db, tenantId, { before, limit: perStep }, filter);
    yield* rows.map(presentEntry);
    before = rows.length < perStep ? undefined : rows.at(-1);
  } while (before);
}

function toLine({ at, actor, ip = "", operation, target = "", outcome, input, requestId }: Entry): string {
  const who = [actor.kind, actor.name ?? actor.id, ip];
  return [at, ...who, operation, target, outcome, JSON.stringify(input), requestId].map(toCell).join(",");
}

/** RFC 4180; what a spreadsheet would take for a formula is text. */
function toCell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
