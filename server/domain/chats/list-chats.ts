import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { isId } from "../../ids.ts";
import { type Context, query } from "../../operation.ts";
import { readLimit, readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorInput, cursorPage, isStorableTime, page, pageInput } from "../../schema.ts";
import { markPosition } from "../events/mark-position.ts";
import { presentChats } from "./presenter.ts";
import { chatSchema } from "./schema.ts";
import { countUserChats, findMemberChats, listUserChatIds } from "./store.ts";

const input = z.object({ ...pageInput, ...cursorInput });

export const listChats = query({
  name: "chats.list",
  summary: "The caller's chats, newest activity first",
  http: { method: "GET", path: "/Chat", says: ["X-Event-Cursor", "X-User-Id"] },
  access: { caller: "user", scope: "chats:read" },
  input,
  output: z.union([page(chatSchema), cursorPage(chatSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, wanted) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    await markPosition(ctx);
    // Which claim names the user is a setting of the issuer: whoever holds a token learns it here.
    ctx.reply.headers["X-User-Id"] = encodeURIComponent(userId);
    if (wantsCursor(wanted)) return await cursorForm(ctx, userId, wanted);
    const pages = readPage(wanted);
    const rows = await listUserChatIds(db, ctx.tenantId, userId, { offset: pages.offset, limit: pages.pageSize });
    const total = rows[0]?.total ?? (await countUserChats(db, ctx.tenantId, userId));
    return toPage(pages, total, await load(ctx, userId, rows));
  },
});

async function load(ctx: Context, userId: string, rows: { id: string }[]) {
  const chats = await findMemberChats(
    ctx.services.db,
    ctx.tenantId,
    userId,
    rows.map((row) => row.id),
  );
  return await presentChats(ctx.services.db, ctx.tenantId, chats);
}

async function cursorForm(ctx: Context, userId: string, wanted: z.output<typeof input>) {
  const rows = await listUserChatIds(ctx.services.db, ctx.tenantId, userId, {
    before: readCursor(wanted.before),
    after: readCursor(wanted.after),
    offset: 0,
    limit: readLimit(wanted.limit),
  });
  const first = rows[0];
  const last = rows.at(-1);
  const more = rows.length === readLimit(wanted.limit);
  return {
    data: await load(ctx, userId, rows),
    nextCursor: last && (more || wanted.after) ? writeCursor(last) : null,
    prevCursor: first ? writeCursor(first) : (wanted.after ?? null),
  };
}

function writeCursor(row: { id: string; activeAt: Date }): string {
  return Buffer.from(JSON.stringify([row.activeAt.getTime(), row.id])).toString("base64url");
}

function readCursor(cursor: string | undefined): { at: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as [unknown, unknown];
    if (typeof at === "number" && isStorableTime(at) && typeof id === "string" && isId(id))
      return { at: new Date(at), id };
  } catch (error) {
    throw new DomainError("cursor_invalid", { internal: error });
  }
  throw new DomainError("cursor_invalid");
}
