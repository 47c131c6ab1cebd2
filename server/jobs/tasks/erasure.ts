import type { TenantId } from "../../auth/principal.ts";
import { endBatch } from "../../domain/batches/store.ts";
import { shareHolding } from "../../domain/digests/store.ts";
import { dropFromChat } from "../../domain/members/remove-member.ts";
import { changeMessage } from "../../domain/messages/lane-store.ts";
import { withdrawNotifications } from "../../domain/notifications/store.ts";
import { revokeUserTokens } from "../../domain/users/store.ts";
import { DomainError } from "../../errors.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { visitWritten, type Written } from "./person-messages.ts";
import {
  blankBatches,
  blankMessages,
  countPersonRows,
  dropCalls,
  dropDeliveries,
  dropPersonFiles,
  dropPersonRows,
  dropSendKeys,
  dropSuppressions,
  dropUnseen,
  emptyProfile,
  freeDirectChat,
  leaveBatches,
  listMemberships,
  listOwnBatches,
  listPersonCalls,
  listPersonDeliveries,
  listPersonNotifications,
} from "./person-store.ts";
import type { Part, Plan, TaskWork } from "./plan.ts";
import { dropEntryAddresses, listPersonEntries } from "./trace-store.ts";

const rowsAStep = 200;
const chatsAStep = 20;
/** Of what one wrote in one chat: all the tenant waits for each step. */
const keysAStep = 500;

/** After the chats are left, so that nothing is written behind it. Each message becomes the tombstone that a deletion leaves, and everybody who is in the chat is told, as of a deletion. */
const messages: Part = (work, at) =>
  visitWritten(work, at, async (written) => {
    if (written.chat.deletedAt) await blankBuried(work, written.ids);
    else await bury(work, written);
    if (written.isLast) await forgetKeys(work, written.chat.chatId);
  });

async function bury(work: TaskWork, { chat, ids }: Written): Promise<void> {
  const { db, tenantId } = work;
  const lost: string[] = [];
  const change = { operation: "delete" as const, chatId: chat.chatId, actor: "", admin: true };
  await Promise.all(
    ids.map((messageId) =>
      changeMessage(db, tenantId, { ...change, messageId }).catch((error) => {
        if (!(error instanceof DomainError) || error.code !== "not_found") throw error;
        lost.push(messageId); // the chat was deleted meanwhile
      }),
    ),
  );
  await blankBuried(work, lost);
}

async function blankBuried({ db, tenantId }: TaskWork, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await unitOfWork(db, tenantId, async ({ tx, lockHead }) => {
    await lockHead();
    await blankMessages(tx, tenantId, ids);
  });
}

async function forgetKeys({ db, tenantId, subject }: TaskWork, chatId: string): Promise<void> {
  const which = { chatId, userId: subject, limit: keysAStep };
  for (let gone = keysAStep; gone === keysAStep; )
    await unitOfWork(db, tenantId, async ({ tx, lockHead }) => {
      await lockHead();
      gone = await dropSendKeys(tx, tenantId, which);
    });
}

const memberships: Part = async ({ db, tenantId, subject }) => {
  const rows = await listMemberships(db, tenantId, { userId: subject, limit: chatsAStep });
  for (const { chatId } of rows)
    await unitOfWork(db, tenantId, async (work) => {
      await freeDirectChat(work.tx, tenantId, chatId);
      await dropFromChat({ tenantId }, work, { chatId, userId: subject, mayBeOwner: true });
    });
  return { done: rows.length, next: rows.length === 0 ? undefined : "more" };
};

/**
 * Sends to many that have not come: those that are for nobody else end, others leave them out. Those that came are known by what they
 * made: see `blankBatchesOf`.
 */
const batches: Part = async (work, after) => {
  const { db, tenantId, subject } = work;
  const rows = await listOwnBatches(db, tenantId, { userId: subject, after, limit: rowsAStep });
  for (const { id, hasToCome } of rows)
    if (hasToCome) await unitOfWork(db, tenantId, (unit) => endBatch(unit, tenantId, id, new Date()));
  await blankBatchesOf(
    work,
    rows.map(({ id }) => id),
  );
  if (rows.length === rowsAStep) return { done: 0, next: rows.at(-1)?.id };
  await leaveOthersBatches(work);
  return { done: 0 };
};

/** Before the notifications: what a step made of them just before goes with those. */
async function leaveOthersBatches({ db, tenantId, subject }: TaskWork): Promise<void> {
  let after: string | undefined;
  do {
    const page = { userId: subject, after, limit: rowsAStep };
    after = await tenantTransaction(db.prisma, tenantId, (tx) => leaveBatches(tx, tenantId, page));
  } while (after !== undefined);
}

/** Before the rows go that say whom a send to many has reached. */
async function blankBatchesOf({ db, tenantId }: TaskWork, batchIds: (string | null)[]): Promise<void> {
  const ids = idsOf(batchIds);
  if (ids.length > 0) await tenantTransaction(db.prisma, tenantId, (tx) => blankBatches(tx, tenantId, ids));
}

const idsOf = (ids: (string | null)[]) => [...new Set(ids.flatMap((id) => id ?? []))];

const notifications: Part = async (work, after) => {
  const { db, tenantId, subject } = work;
  const rows = await listPersonNotifications(db.forTenant(tenantId), tenantId, {
    userId: subject,
    after,
    limit: rowsAStep,
  });
  const ids = rows.map(({ id }) => id);
  await blankBatchesOf(
    work,
    rows.map(({ batchId }) => batchId),
  );
  if (ids.length > 0) await unitOfWork(db, tenantId, (unit) => withdrawAll(unit, tenantId, ids));
  return { done: rows.length, next: rows.length === rowsAStep ? ids.at(-1) : undefined };
};

/** Before the deliveries, which say where mail went. */
const addresses: Part = async ({ db, tenantId, subject }) => {
  await tenantTransaction(db.prisma, tenantId, (tx) => dropSuppressions(tx, tenantId, subject));
  return { done: 0 };
};

const deliveries: Part = async (work) => {
  const { db, tenantId, subject } = work;
  const rows = await listPersonDeliveries(db, tenantId, { userId: subject, limit: rowsAStep });
  const ids = rows.map(({ id }) => id);
  await blankBatchesOf(
    work,
    rows.map(({ batchId }) => batchId),
  );
  await tenantTransaction(db.prisma, tenantId, (tx) => dropDeliveries(tx, tenantId, ids));
  return { done: rows.length, next: rows.length === 0 ? undefined : "more" };
};

const calls: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPersonCalls(db, tenantId, { userId: subject, after, limit: rowsAStep });
  const ids = rows.map(({ id }) => id);
  await tenantTransaction(db.prisma, tenantId, (tx) => dropCalls(tx, tenantId, ids));
  return { done: rows.length, next: rows.length === rowsAStep ? ids.at(-1) : undefined };
};

const entries: Part = async ({ db, tenantId, subject }, after) => {
  const rows = await listPersonEntries(db, tenantId, { userId: subject, after, limit: rowsAStep });
  const ids = rows.map(({ id }) => id);
  await dropEntryAddresses(db, tenantId, ids);
  return { done: 0, next: rows.length === rowsAStep ? ids.at(-1) : undefined };
};

/**
 * Last, so that nothing of before is left: tokens made since it began are refused from now on, too. Under the head it is seen what steps
 * of sends to many have made since the notifications went: those after it leave the erased out. What is just being decided of notifications
 * that were there is waited for, and is found by the last look for deliveries.
 */
const rest: Part = async ({ db, tenantId, subject }) => {
  const left = await unitOfWork(db, tenantId, async (unit) => {
    const { tx } = unit;
    await shareHolding(tx, tenantId);
    await revokeUserTokens(tx, tenantId, subject);
    await emptyProfile(tx, tenantId, subject);
    await dropPersonRows(tx, tenantId, subject);
    await dropPersonFiles(tx, tenantId, subject);
    await unit.lockHead();
    const rows = await listPersonNotifications(tx, tenantId, { userId: subject, limit: rowsAStep });
    await blankBatches(tx, tenantId, idsOf(rows.map(({ batchId }) => batchId)));
    await withdrawAll(
      unit,
      tenantId,
      rows.map(({ id }) => id),
    );
    return rows.length;
  });
  return { done: 0, next: left === rowsAStep ? "more" : undefined };
};

async function withdrawAll(unit: Work, tenantId: TenantId, ids: string[]): Promise<void> {
  await withdrawNotifications(unit, tenantId, ids, new Date());
  await dropUnseen(unit.tx, tenantId, ids);
}

/**
 * Erases a person: messages become tombstones, memberships end, everything else goes. What stays is their id, where others' words and the
 * order of messages need one: on tombstones, in mentions, in the log until it is cut, and in the audit log.
 */
export const erasure: Plan = {
  // Deliveries once more: what a late step made, which `rest` takes back, may have been decided on. And what was joined and written
  // before `rest` refused the person's tokens; at the end, where a worker of an older version has none of these parts.
  parts: [
    ...[memberships, messages, batches, notifications, addresses, deliveries, calls, rest],
    ...[deliveries, entries, memberships, messages],
  ],
  count: ({ db, tenantId, subject }) => countPersonRows(db, tenantId, subject),
};
