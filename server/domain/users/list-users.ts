import { z } from "zod";
import { type Context, query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import type { User as UserRow } from "../../persistence/generated/client.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, page, pageInput, text } from "../../schema.ts";
import { presenceSchema } from "../presence/schema.ts";
import { presentUser, userSchema } from "./schema.ts";
import { countUsers, listUsersBetween } from "./store.ts";

const listedUser = userSchema.extend({ presence: presenceSchema.shape.state }).meta({ id: "ListedUser" });

export const listUsers = query({
  name: "users.list",
  summary: "The tenant's users that have a profile, got a token here or came with one, newest first",
  http: { method: "GET", path: "/admin/users" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    search: text(200).optional().describe("Part of the id, the name or the address"),
    ...pageInput,
    ...cursorInput,
  }),
  output: z.union([page(listedUser), cursorPage(listedUser)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    return listInForms(input, {
      onward: "before",
      read: (cursor) => readTimeCursor(cursor, text(128)),
      load: (span) => listUsersBetween(db, ctx.tenantId, { ...span, search: input.search }),
      write: ({ createdAt, id }) => writeTimeCursor({ at: createdAt, id }),
      count: () => countUsers(db, ctx.tenantId, input.search),
      present: (rows) => present(ctx, rows),
    });
  },
});

/** With whether they are there now. */
async function present({ services: { live }, tenantId }: Context, rows: UserRow[]) {
  const states = await live.presence(
    tenantId,
    rows.map(({ id }) => id),
  );
  const byUser = new Map(states.map(({ userId, state }) => [userId, state]));
  return rows.map((row) => ({ ...presentUser(row), presence: byUser.get(row.id) ?? ("offline" as const) }));
}
