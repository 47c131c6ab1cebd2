import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId, text } from "../../schema.ts";
import { presentTask, taskSchema } from "../tasks/schema.ts";
import { starterOf, startTask } from "../tasks/store.ts";
import { ensureKnown, revokeUserTokens } from "./store.ts";

export const eraseUser = mutation({
  name: "users.erase",
  summary:
    "Erase a user for ever: tokens are refused at once; a task then blanks all messages, takes the user out of every chat and deletes the rest",
  http: { method: "POST", path: "/admin/users/{userId}/erase", status: 201 },
  access: { caller: "admin", scope: "admin", sudo: true },
  input: z.object({ userId: entityId, confirm: text(128).describe("The user's id once more: this cannot be undone") }),
  output: taskSchema,
  errors: ["conflict", "reauthentication_required"],
  async handle(ctx, input) {
    const { live } = ctx.services;
    const userId = requireUserId(input.userId);
    const task = { kind: "erase-user" as const, subject: userId, startedBy: starterOf(ctx.principal) };
    const answer = await workOf(ctx, async ({ tx }) => {
      await ensureKnown(tx, ctx.tenantId, userId);
      if (input.confirm !== userId) throw new DomainError("conflict", { detail: "confirm is not the user's id" });
      await revokeUserTokens(tx, ctx.tenantId, userId);
      return presentTask(await startTask(tx, ctx.tenantId, task));
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
