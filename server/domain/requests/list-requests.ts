import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { isId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
import { cursorInput, cursorPage } from "../../schema.ts";
import { presentRequest, requestFilter, requestSchema } from "./schema.ts";
import { listRequests as loadRequests } from "./store.ts";

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
    return { data: rows.map(presentRequest), nextCursor: next ?? null, prevCursor: null };
  },
});
