import { z } from "zod";
import { mayRead } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import { isId } from "../../ids.ts";
import { type Context, query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
import { cursorInput, cursorPage } from "../../schema.ts";
import { listKeys } from "../api-keys/store.ts";
import { type KnownKeys, presentRequest, requestFilter, requestSchema } from "./schema.ts";
import { listRequests as loadRequests, type RequestRow } from "./store.ts";

export const listRequests = query({
  name: "requests.list",
  summary:
    "Calls that were made to the tenant, newest first. With a filter a page may hold fewer than asked for, or none, and still have a next one",
  http: { method: "GET", path: "/admin/requests" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...requestFilter, before: cursorInput.before, limit: cursorInput.limit }),
  output: cursorPage(requestSchema),
  errors: ["cursor_invalid"],
  async handle(ctx, { before, limit, ...filter }) {
    if (before !== undefined && !isId(before)) throw new DomainError("cursor_invalid");
    const range = { before, limit: readLimit(limit) };
    const { rows, next } = await loadRequests(ctx.services.db, ctx.tenantId, range, filter);
    const keys = await keysOf(ctx, rows);
    return { data: rows.map((row) => presentRequest(row, keys)), nextCursor: next ?? null, prevCursor: null };
  },
});

/** Those that called and are still there, by id; none for who may not see keys. */
async function keysOf({ services: { db }, tenantId, principal }: Context, rows: RequestRow[]): Promise<KnownKeys> {
  const shows = rows.some(({ keyId }) => keyId !== null) && mayRead(principal, "admin:credentials");
  return new Map(shows ? (await listKeys(db, tenantId)).map((key) => [key.id, key]) : []);
}
