import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import {
  afterCommit,
  findHeldAnswer,
  maxEventsAStep,
  unitOfWork,
  type Work,
  workOf,
} from "../../persistence/unit-of-work.ts";
import { entityId, limits, namedUserId } from "../../schema.ts";
import { canManage } from "../chats/policy.ts";
import type { Role } from "../chats/schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { getStanding, type Standing, addMembers as storeMembers } from "./store.ts";

const many = z.array(namedUserId).max(limits.membersPerCall);

export const addMembers = mutation({
  name: "members.add",
  summary: "Add members to a chat; present ones stay as they are",
  http: {
    method: "POST",
    path: "/Chat/{chatId}/members",
    also: [{ method: "POST", path: "/Chat/{chatId}/members/{userId}" }],
  },
  access: { caller: "user", scope: "chats:write" },
  input: z.object({
    chatId: entityId,
    userId: namedUserId.optional(),
    userIds: many.optional(),
    memberUserIds: many.optional(),
  }),
  output: z.object({ chatId: z.string(), added: z.array(z.string()), memberCount: z.number().int() }),
  errors: ["conflict", "outcome-unknown"],
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    const wanted = [
      ...new Set([...(input.userId ? [input.userId] : []), ...(input.userIds ?? []), ...(input.memberUserIds ?? [])]),
    ];
    if (wanted.length === 0) throw new DomainError("invalid", { errors: { userId: ["name at least one user"] } });
    if (wanted.length > limits.membersPerCall)
      throw new DomainError("invalid", {
        errors: { userIds: [`name at most ${limits.membersPerCall} users, in all fields`] },
      });
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, callerId(ctx), chatId);
    if (chat.kind === "direct") throw new DomainError("conflict", { detail: "A direct chat has two members" });
    ensureMayAdd(ctx.principal, chat);
    return await addInSteps(ctx, { chatId, wanted, as: callerId(ctx) });
  },
});

interface Addition {
  chatId: string;
  wanted: string[];
  /** The member who adds, and has to be one still; nobody for who runs the tenant. */
  as?: string;
  /** What those who come in are there, from the commit on that brings them in. */
  standing?: { role?: Role | undefined; mutedUntil?: string | undefined };
  /** Who owns the chat in the place of an owner who comes in, and what they are again after that. */
  heir?: { userId: string; role: Role } | undefined;
}

/**
 * A wide addition goes in steps, so that no step holds the head for long; the last one holds the idempotency key. Whom steps have brought in
 * has been told: a refusal after that ends it, and the answer says who was added.
 */
export async function addInSteps(ctx: Context, addition: Addition) {
  const { db } = ctx.services;
  const { wanted } = addition;
  let { heir } = addition;
  const steps: string[][] = [];
  const width = heir ? maxEventsAStep - 1 : maxEventsAStep; // that the heir steps down is an event too
  for (let i = 0; i < wanted.length; i += width) steps.push(wanted.slice(i, i + width));
  const held = steps.length > 1 && ctx.idempotent && (await findHeldAnswer(db, ctx.tenantId, ctx.idempotent));
  if (held) return held;
  let stored: Added | undefined;
  try {
    for (const step of steps.slice(0, -1)) {
      const now = { ...addition, heir, wanted: step };
      const result = await unitOfWork(db, ctx.tenantId, (work) => addStep(ctx, work, now));
      if (!("added" in result)) continue;
      stored = joined(stored, result);
      // Who steps down does so once: whoever makes them an owner again between two steps is not undone by the next.
      if (result.added.some((id) => id !== heir?.userId)) heir = undefined;
    }
    const last = { ...addition, heir, wanted: steps.at(-1) ?? [] };
    const finish = async (work: Work) => joined(stored, await addStep(ctx, work, last));
    return await workOf(ctx, finish);
  } catch (error) {
    if (!stored?.added.length) throw error;
    return await afterCommit(() => endEarly(ctx, stored as Added, error));
  }
}

type Added = Awaited<ReturnType<typeof addStep>>;

function joined(before: Added | undefined, result: Added): Added {
  return { ...result, added: [...(before?.added ?? []), ...result.added] };
}

/** Who adds may be put out between two steps, or the chat be gone. Throws all that is no refusal. */
async function endEarly(ctx: Context, stored: Added, error: unknown) {
  if (!(error instanceof DomainError) || !["not_found", "forbidden"].includes(error.code)) throw error;
  return workOf(ctx, async () => stored);
}

/** Throws forbidden. */
function ensureMayAdd({ admin }: Context["principal"], standing: Standing): void {
  if (!canManage(standing) && !admin)
    throw new DomainError("forbidden", { detail: "Only owner and moderators add members here" });
}

async function addStep(
  { tenantId, principal }: Context,
  { tx, lockHead, emit }: Work,
  { chatId, wanted, as, standing = {}, heir }: Addition,
) {
  await lockHead();
  const chat = await tx.chat.findUnique({ where: { tenantId_id: { tenantId, id: chatId } } });
  if (!chat || chat.deletedAt) throw new DomainError("not_found");
  if (as !== undefined) ensureMayAdd(principal, await getStanding(tx, tenantId, chatId, as));
  const head = await tx.chatHead.findUniqueOrThrow({ where: { tenantId_chatId: { tenantId, chatId } } });
  const present = await tx.member.findMany({
    where: { tenantId, chatId, userId: { in: wanted } },
    select: { userId: true },
  });
  const known = new Set(present.map((member) => member.userId));
  const added = wanted.filter((id) => !known.has(id));
  const lastReadSeq = Number(head.lastSeq);
  const mutedUntil = standing.mutedUntil === undefined ? null : new Date(standing.mutedUntil);
  const members = added.map((id, index) => {
    // Of a chat that everybody left there is nobody else to see to it.
    const role = head.memberCount === 0 && index === 0 ? "owner" : (standing.role ?? "member");
    const fromPosition = emit({ type: "member.added", chatId, payload: { chatId, userId: id, role } });
    return { chatId, userId: id, role, mutedUntil, lastReadSeq, fromPosition };
  });
  if (members.length > 0) {
    await storeMembers(tx, tenantId, members);
    await tx.chatHead.update({
      where: { tenantId_chatId: { tenantId, chatId } },
      data: { memberCount: { increment: members.length } },
    });
  }
  if (heir && members.some(({ userId, role }) => role === "owner" && userId !== heir.userId))
    await stepDown({ tx, emit }, tenantId, { chatId, ...heir });
  return { chatId, added, memberCount: head.memberCount + members.length };
}

/** Whom somebody has given another role meanwhile keeps that. */
async function stepDown(
  { tx, emit }: Pick<Work, "tx" | "emit">,
  tenantId: Context["tenantId"],
  { chatId, userId, role }: { chatId: string; userId: string; role: Role },
): Promise<void> {
  if (role === "owner") return;
  const { count } = await tx.member.updateMany({ where: { tenantId, chatId, userId, role: "owner" }, data: { role } });
  if (count > 0) emit({ type: "member.updated", chatId, payload: { chatId, userId, role } });
}
