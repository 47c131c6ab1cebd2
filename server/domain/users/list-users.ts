import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { type Context, query } from "../../operation.ts";
import type { User as UserRow } from "../../persistence/generated/client.ts";
import { readLimit, readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorInput, cursorPage, isStorableTime, page, pageInput, text } from "../../schema.ts";
import { presenceSchema } from "../presence/schema.ts";
import { presentUser, userSchema } from "./schema.ts";
import { listUsersBetween, pageUsers, type UserCursor } from "./store.ts";

const listedUser = userSchema.extend({ presence: presenceSchema.shape.state }).meta({ id: "ListedUser" });

export const listUsers = query({
  name: "users.list",
  summary: "The tenant's users that have a profile or got a token here, newest first",
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
    if (!wantsCursor(input)) {
      const pages = readPage(input);
      const { rows, total } = await pageUsers(db, ctx.tenantId, pages, input.search);
      return toPage(pages, total, await present(ctx, rows));
    }
    const limit = readLimit(input.limit);
    const [before, after] = [input.before, input.after].map((cursor) =>
      cursor === undefined ? undefined : readCursor(cursor),
    );
    const rows = await listUsersBetween(db, ctx.tenantId, { before, after, limit, search: input.search });
    const mayGoOn = rows.length === limit || after !== undefined;
    return { data: await present(ctx, rows), ...cursorsOf(rows, mayGoOn, input.after) };
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

function cursorsOf(rows: UserRow[], mayGoOn: boolean, after: string | undefined) {
  const [newest, oldest] = [rows[0], rows.at(-1)];
  return {
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
