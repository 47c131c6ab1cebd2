import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { query } from "../../operation.ts";
import type { User as UserRow } from "../../persistence/generated/client.ts";
import { readLimit, readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorInput, cursorPage, isStorableTime, page, pageInput, text } from "../../schema.ts";
import { presentUser, userSchema } from "./schema.ts";
import { listUsersBetween, pageUsers, type UserCursor } from "./store.ts";

export const listUsers = query({
  name: "users.list",
  summary: "The tenant's users that have a profile or got a token here, newest first",
  http: { method: "GET", path: "/admin/users" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...cursorInput }),
  output: z.union([page(userSchema), cursorPage(userSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    if (!wantsCursor(input)) {
      const pages = readPage(input);
      const { rows, total } = await pageUsers(db, ctx.tenantId, pages);
      return toPage(pages, total, rows.map(presentUser));
    }
    const limit = readLimit(input.limit);
    const [before, after] = [input.before, input.after].map((cursor) =>
      cursor === undefined ? undefined : readCursor(cursor),
    );
    const rows = await listUsersBetween(db, ctx.tenantId, { before, after, limit });
    return toCursorPage(rows, rows.length === limit || after !== undefined, input.after);
  },
});

function toCursorPage(rows: UserRow[], mayGoOn: boolean, after: string | undefined) {
  const [newest, oldest] = [rows[0], rows.at(-1)];
  return {
    data: rows.map(presentUser),
    nextCursor: oldest && mayGoOn ? writeCursor(oldest) : null,
    prevCursor: newest ? writeCursor(newest) : (after ?? null),
  };
}

function writeCursor({ createdAt, id }: UserCursor): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString("base64url");
}

const cursorSchema = z.tuple([z.number().int().min(0).refine(isStorableTime), text(128)]);

/** Throws cursor_invalid. */
function readCursor(cursor: string): UserCursor {
  try {
    const [time, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { createdAt: new Date(time), id };
  } catch (error) {
    throw new DomainError("cursor_invalid", { internal: error });
  }
}
