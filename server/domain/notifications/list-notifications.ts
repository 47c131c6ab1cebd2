import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { type Context, query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { cursorInput, cursorPage, instant, page, pageInput, userId } from "../../schema.ts";
import { notificationType } from "../categories/schema.ts";
import { markPosition } from "../events/mark-position.ts";
import { actsForAll } from "./policy.ts";
import { listAllForms, presentNotifications } from "./presenter.ts";
import { notificationSchema, priorityInput } from "./schema.ts";
import { type InboxQuery, type InboxRow, listInbox } from "./store.ts";

const input = z.object({
  ...pageInput,
  ...cursorInput,
  unreadOnly: z.boolean().optional(),
  type: notificationType.optional(),
  priority: priorityInput.optional().describe("Only of this priority"),
  archived: z.boolean().optional().describe("Those in the archive instead"),
  snoozed: z.boolean().optional().describe("Those that sleep instead"),
  since: instant.optional().describe("Only what appeared from then on"),
  status: z
    .enum(["visible", "scheduled", "cancelled"])
    .optional()
    .describe("scheduled and cancelled: those of the whole tenant, for keys and Admins"),
  userId: userId.optional().describe("With status=scheduled or cancelled: only this user's"),
});

export const listNotifications = query({
  name: "notifications.list",
  summary: "The caller's inbox, newest first; for keys and Admins also what is scheduled",
  http: { method: "GET", path: "/Notifications", says: ["X-Event-Cursor"] },
  access: { caller: "user-or-key", scope: "notifications:read" },
  input,
  output: z.union([page(notificationSchema), cursorPage(notificationSchema)]),
  errors: ["cursor_invalid", "user_required"],
  async handle(ctx, wanted) {
    if (wanted.status === "scheduled" || wanted.status === "cancelled") {
      if (!actsForAll(ctx))
        throw new DomainError("forbidden", { detail: "What is not there yet is for keys and Admins" });
      const { status, type, priority, since, userId } = wanted;
      return await listAllForms(ctx, { status, type, priority, since, userId }, wanted, (row) => row);
    }
    const userId = callerId(ctx);
    await markPosition(ctx);
    const load = (part: Part) =>
      listInbox(ctx.services.db, ctx.tenantId, userId, { ...filtersOf(ctx, wanted), ...part });
    return await listInForms(wanted, {
      onward: "before",
      read: (cursor) => readPlace(ctx, cursor),
      load: async (span) => (await load({ ...span, offset: 0, counted: false })).rows,
      write: ({ position }) => writePlace(ctx, position),
      page: ({ offset, pageSize }) => load({ offset, limit: pageSize, counted: true }),
      present: (rows) => present(ctx, rows),
    });
  },
});

type Part = Pick<InboxQuery, "before" | "after" | "offset" | "limit" | "counted">;

function filtersOf(ctx: Context, wanted: z.output<typeof input>) {
  return {
    unreadOnly: wanted.unreadOnly ?? false,
    type: wanted.type,
    priority: wanted.priority,
    archived: wanted.archived ?? false,
    snoozed: wanted.snoozed ?? false,
    since: wanted.since,
    now: ctx.services.db.moment(),
  };
}

function present(ctx: Context, rows: InboxRow[]) {
  return presentNotifications(
    ctx,
    rows.map(({ notification }) => notification),
  );
}

// A place in an inbox is a position in the log, sealed as event ids are: it tells nobody what others do. No log has the epoch 0.

function writePlace({ services, tenantId }: Context, position: number): string {
  return services.cursors.encode(tenantId, 0, position + pastPlaces);
}

function readPlace({ services, tenantId }: Context, cursor: string): number {
  const { epoch, position } = services.cursors.decode(tenantId, cursor);
  if (epoch !== 0) throw new DomainError("cursor_invalid");
  return position - pastPlaces;
}

/** What was there before its log, as the demo's past was, has places below the first. */
const pastPlaces = 1_000_000;
